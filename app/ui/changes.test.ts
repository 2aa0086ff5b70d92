import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type ChangedLine, changesOf } from "./changes.ts";

const line = (kinds: string[], { parts }: ChangedLine) =>
  parts
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ text }) => text)
    .join("");
const newLine = (change: ChangedLine) => line(["same", "added"], change);
const oldLine = (change: ChangedLine) => line(["same", "removed"], change);

test("a rewritten line shows its words, under its heading; what stayed is not repeated", () => {
  const before = "# Ties\n\nThey are welcome.\n\n## Skips\n\nSay why.\nNobody counts them.";
  const after = "# Ties\n\nThey are very welcome.\n\n## Skips\n\nSay why.\n\nTake breaks.";
  expect(changesOf(before, after)).toMatchObject([
    {
      under: "Ties",
      parts: [
        { kind: "same", text: "They are " },
        { kind: "added", text: "very " },
        { kind: "same", text: "welcome." },
      ],
    },
    { under: "Skips", parts: [{ kind: "added", text: "Take breaks." }] },
    // Under the same heading: not said again.
    { under: null, parts: [{ kind: "removed", text: "Nobody counts them." }] },
  ]);
});

test("a new heading is shown once: as the change that it is", () => {
  const before = "# Ties\n\nThey are welcome.";
  const after = "# Ties\n\nThey are welcome.\n\n# Breaks\n\nTake them.\n\nOften.";
  expect(changesOf(before, after)).toMatchObject([
    { under: "Ties", parts: [{ kind: "added", text: "# Breaks" }] },
    { under: null, parts: [{ kind: "added", text: "Take them." }] },
    { under: null, parts: [{ kind: "added", text: "Often." }] },
  ]);
});

test("what went stays under the heading it stood under", () => {
  expect(changesOf("# A\n\nGone.\n\n# B\n\nStays.", "# A\n\n# B\n\nStays.")).toMatchObject([
    { under: "A", parts: [{ kind: "removed", text: "Gone." }] },
  ]);
});

test("blank lines and a text that stayed are no change", () => {
  expect(changesOf("a\n\nb", "a\nb\n\n\n")).toEqual([]);
});

test("any two texts: each change is a line of the new text, of the old one, or of both", () => {
  const text = fc.array(fc.constantFrom("# A", "one two three", "one two four", "five", "", "six seven"));
  fc.assert(
    fc.property(text, text, (old, young) => {
      const changes = changesOf(old.join("\n"), young.join("\n"));
      const now = changes.map(newLine).filter(Boolean);
      const gone = changes.map(oldLine).filter(Boolean);
      for (const one of now) expect(young).toContain(one);
      for (const one of gone) expect(old).toContain(one);
      const filled = (lines: string[]) => lines.filter(Boolean).length;
      expect(filled(young) - now.length).toBe(filled(old) - gone.length);
    }),
  );
});
