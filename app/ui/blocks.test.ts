import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blocksOf } from "./blocks.ts";

describe("a long text in blocks", () => {
  it("is the text, cut only where a line ends", () => {
    const unit = fc.constantFrom("a", " ", "🦊", "م");
    const line = fc.oneof(
      { weight: 9, arbitrary: fc.string({ unit, maxLength: 900 }) },
      { weight: 1, arbitrary: fc.string({ unit, minLength: 4_001, maxLength: 4_500 }) },
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const text = lines.join("\n");
        const blocks = blocksOf(text);
        expect(blocks.map((block) => block.text).join("")).toBe(text);
        for (const { text: block } of blocks.slice(0, -1)) expect(block.endsWith("\n")).toBe(true);
        expect(blocks.every((block) => text.startsWith(block.text, block.start))).toBe(true);
        if (text.length > 0 && text.length <= 4_000) expect(blocks).toHaveLength(1);
        // What has to be laid out at once is short, or said to be long.
        expect(blocks.every((block) => block.isLong || block.text.length <= 5_500)).toBe(true);
      }),
    );
  });

  it("has several, each of a size that is quick to lay out", () => {
    const blocks = blocksOf("A line of twenty-nine letters.\n".repeat(700));
    expect(blocks.length).toBeGreaterThan(10);
    expect(Math.max(...blocks.map(({ text }) => text.length))).toBeLessThan(1_600);
    expect(blocks[0]).toMatchObject({ lines: 49, isLong: false });
  });

  it("cannot cut a line: a very long one is a block of its own", () => {
    const long = "x".repeat(20_000);
    expect(blocksOf(long)).toEqual([{ start: 0, text: long, lines: 334, isLong: true }]);
    expect(blocksOf(`before\n${long}\nafter`).map(({ isLong, start }) => [isLong, start])).toEqual([
      [false, 0],
      [true, 7],
      [false, 20_008],
    ]);
  });
});
