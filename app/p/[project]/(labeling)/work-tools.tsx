"use client";
// What stands beside the title of a labeling screen: the guidelines, and the keys, which `?` lists too.
import { useState } from "react";
import type { GuidelineTopic } from "../../../../lib/vocabulary/labeling.ts";
import { Button } from "../../../ui/button.tsx";
import { useShortcut } from "../../../ui/use-shortcut.ts";
import { GuidelinesPanel } from "./guidelines/guidelines-panel.tsx";
import { type KeyLines, KeyList } from "./key-list.tsx";

export function WorkTools({ topic, keys }: { topic: GuidelineTopic; keys: KeyLines }) {
  const [areKeysOpen, setKeysOpen] = useState(false);
  useShortcut("?", () => setKeysOpen(true));
  return (
    <div className="flex gap-1">
      <GuidelinesPanel topic={topic} />
      <Button kind="quiet" className="max-sm:hidden" aria-keyshortcuts="?" onClick={() => setKeysOpen(true)}>
        Keys
      </Button>
      <KeyList open={areKeysOpen} onClose={() => setKeysOpen(false)} keys={keys} />
    </div>
  );
}
