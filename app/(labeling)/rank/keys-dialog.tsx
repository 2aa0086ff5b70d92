"use client";
// The list behind `?`.
import { Dialog } from "../../ui/dialog.tsx";

const keys: [keys: string, effect: string][] = [
  ["1 … 9", "Put the focused answer in that rank; the focus goes to the next unranked one"],
  ["0 or U", "Take it back to Unranked"],
  ["← →", "Move it one column; two answers in one column are a tie"],
  ["↑ ↓", "Scroll a long answer"],
  ["Tab, Shift+Tab", "Next and previous answer"],
  ["Ctrl+Z, Ctrl+Shift+Z", "Undo and redo (⌘ on a Mac)"],
  ["Ctrl+Enter", "Review, then submit; also from inside the notation field (⌘ on a Mac)"],
  ["Esc", "Back from the review to the board"],
  ["?", "This list"],
];

export function KeysDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title="Keys">
      <table className="w-full text-start">
        <thead className="sr-only">
          <tr>
            <th>Key</th>
            <th>What it does</th>
          </tr>
        </thead>
        <tbody>
          {keys.map(([key, effect]) => (
            <tr key={key} className="border-line border-t align-top">
              <td className="whitespace-nowrap py-1.5 pe-4 font-mono text-sm">{key}</td>
              <td className="py-1.5">{effect}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}
