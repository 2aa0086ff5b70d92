"use client";
// Passing on an assignment, with the reason.
import { type SkipReason, skipReasons } from "../../../../../lib/vocabulary/labeling.ts";
import { Menu, MenuCommand } from "../../../../ui/menu.tsx";

const words: Record<SkipReason, string> = {
  unclear: "Unclear what is asked",
  "needs expertise": "Needs expertise I lack",
  sensitive: "Too sensitive for me",
  broken: "Broken text or answers",
};

interface SkipMenuProps {
  onSkip: (reason: SkipReason) => void;
  onClose: () => void;
}

export function SkipMenu({ onSkip, onClose }: SkipMenuProps) {
  return (
    <Menu label="Skip" name="Skip this prompt" onClose={onClose}>
      {skipReasons.map((reason) => (
        <MenuCommand key={reason} onSelect={() => onSkip(reason)}>
          {words[reason]}
        </MenuCommand>
      ))}
    </Menu>
  );
}
