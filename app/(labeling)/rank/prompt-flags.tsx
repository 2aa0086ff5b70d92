"use client";
// The questions about the prompt itself.
import { memo } from "react";
import { type PromptFlag, promptFlagNames, promptFlags } from "../../../lib/preference/labeling.ts";
import { Menu } from "../../ui/menu.tsx";

interface PromptFlagsProps {
  flags: readonly PromptFlag[];
  onFlag: (flag: PromptFlag) => void;
}

export const PromptFlags = memo(function PromptFlags({ flags, onFlag }: PromptFlagsProps) {
  return (
    <ul className="flex flex-wrap gap-x-3">
      {promptFlagNames.map((flag) => (
        <li key={flag}>
          <label className="flex min-h-7 cursor-pointer items-center gap-1.5 rounded-sm px-1 hover:bg-sunken has-checked:bg-accent-wash pointer-coarse:min-h-10">
            <input
              type="checkbox"
              checked={flags.includes(flag)}
              onChange={() => onFlag(flag)}
              className="shrink-0 accent-accent"
            />
            {promptFlags[flag]}
          </label>
        </li>
      ))}
    </ul>
  );
});

/** The same behind a button, where the answers need the room. */
export function PromptFlagsMenu({ flags, onFlag }: PromptFlagsProps) {
  return (
    <Menu label={flags.length > 0 ? `Prompt flags · ${flags.length}` : "Prompt flags"}>
      <div className="max-w-72 p-1">
        <PromptFlags flags={flags} onFlag={onFlag} />
      </div>
    </Menu>
  );
}
