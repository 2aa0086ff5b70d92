"use client";
// Where a file is chosen, or dropped.
import { type DragEvent, useState } from "react";
import { TextField } from "../../../../ui/field.tsx";
import { Problem } from "../../../../ui/states.tsx";

export function FileBox({ problem, onFile }: { problem: string | null; onFile: (file: File) => void }) {
  const [isOver, setIsOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    const [file] = event.dataTransfer.files;
    if (file) onFile(file);
  };
  return (
    // The field within does the same by keyboard.
    // biome-ignore lint/a11y/noStaticElementInteractions: a place to drop things on is no control
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
      className={`flex flex-col gap-3 rounded-md border border-dashed p-6 ${isOver ? "border-accent bg-accent-wash" : "border-edge bg-surface"}`}
    >
      <TextField
        type="file"
        label="Choose a file, or drop it here"
        hint="JSON lines, a JSON list, CSV or lines of text, as they are or packed with gzip; Parquet. Read are Rankloop’s own exports and the formats of most trainers and data sets."
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          if (file) onFile(file);
        }}
      />
      <Problem error={problem} />
    </div>
  );
}
