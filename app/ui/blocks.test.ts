import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blocksOf } from "./blocks.ts";

describe("a long text in blocks", () => {
  it("is the text, cut only where a line ends", () => {
    const line = fc.string({ unit: fc.constantFrom("a", " ", "🦊", "م"), maxLength: 900 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        const text = lines.join("\n");
        const blocks = blocksOf(text);
        expect(blocks.map((block) => block.text).join("")).toBe(text);
        for (const { text: block } of blocks.slice(0, -1)) expect(block.endsWith("\n")).toBe(true);
        expect(blocks.every((block) => text.startsWith(block.text, block.start))).toBe(true);
        if (text.length > 0 && text.length <= 4_000) expect(blocks).toHaveLength(1);
      }),
    );
  });

  it("has several, each of a size that is quick to lay out", () => {
    const blocks = blocksOf("A line of twenty-nine letters.\n".repeat(700));
    expect(blocks.length).toBeGreaterThan(10);
    expect(Math.max(...blocks.map(({ text }) => text.length))).toBeLessThan(1_600);
    expect(blocks[0]?.lines).toBe(49);
  });

  it("cannot cut a line, however long", () => {
    expect(blocksOf("x".repeat(20_000))).toEqual([{ start: 0, text: "x".repeat(20_000), lines: 334 }]);
  });
});
