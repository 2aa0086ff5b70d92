"use client";
// The list of keys behind `?`: what each does, in words.
import { Dialog } from "../../../ui/dialog.tsx";

export type KeyLines = readonly (readonly [keys: string, effect: string])[];

interface KeyListProps {
  open: boolean;
  onClose: () => void;
  keys: KeyLines;
}

export function KeyList({ open, onClose, keys }: KeyListProps) {
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
