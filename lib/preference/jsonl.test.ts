import { expect, test } from "vitest";
import { JsonlError, parseJsonl } from "./jsonl.ts";
import { comparisonRecord } from "./records.ts";

const parse = (line: string | Uint8Array) => parseJsonl(line, 17, "pairs.jsonl", comparisonRecord);

test("a good line is its record, from text or bytes", () => {
  const record = { prompt: "Hi", chosen: "Hello! 🦦", rejected: "\u0000", k: 2 };
  const line = JSON.stringify(record);
  expect(parse(line)).toEqual(record);
  expect(parse(new TextEncoder().encode(line))).toEqual(record);
});

test.each([
  ['{"prompt": "Hi", "chos', "pairs.jsonl:17: the line is not whole JSON."],
  ["", "pairs.jsonl:17: the line is empty."],
  [Uint8Array.of(0x7b, 0xff, 0x7d), "pairs.jsonl:17: the line is not UTF-8 text."],
  ['{"prompt": "Hi", "chosen": "a"}', /^pairs\.jsonl:17: "rejected": .*\.$/],
  ['{"prompt": "Hi", "chosen": "a", "rejected": "b", "k": 1}', /^pairs\.jsonl:17: "k": .*\.$/],
  ["[1]", /^pairs\.jsonl:17: /],
])("%j is refused with file and line", (line, message) => {
  expect(() => parse(line)).toThrow(JsonlError);
  expect(() => parse(line)).toThrow(message);
});
