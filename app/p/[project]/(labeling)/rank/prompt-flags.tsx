"use client";
// The questions about the prompt itself.
import { memo } from "react";
import { type PromptFlag, promptFlagNames, promptFlags } from "../../../../../lib/vocabulary/labeling.ts";
import { Menu } from "../../../../ui/menu.tsx";
import { FlagBox } from "./flag-box.tsx";
import { promptFlagKeys } from "./keys.ts";

interface PromptFlagsProps {
  flags: readonly PromptFlag[];
  onFlag: (flag: PromptFlag) => void;
}

export const PromptFlags = memo(function PromptFlags({ flags, onFlag }: PromptFlagsProps) {
  return (
    <ul className="flex flex-wrap gap-x-3">
      {promptFlagNames.map((flag) => (
        <li key={flag}>
          <FlagBox isOn={flags.includes(flag)} onToggle={() => onFlag(flag)} letter={`⇧${promptFlagKeys[flag]}`}>
            {promptFlags[flag]}
          </FlagBox>
        </li>
      ))}
    </ul>
  );
});

/** The same behind a button, where the answers need the room. */
export function PromptFlagsMenu({ flags, onFlag, onClose }: PromptFlagsProps & { onClose: () => void }) {
  return (
    <Menu label={flags.length > 0 ? `Prompt flags · ${flags.length}` : "Prompt flags"} onClose={onClose}>
      <div className="max-w-72 p-1">
        <PromptFlags flags={flags} onFlag={onFlag} />
      </div>
    </Menu>
  );
}
