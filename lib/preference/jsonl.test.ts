import fc from "fast-check";
import { expect, test } from "vitest";
import { JsonlError, JsonlLines, jsonlLine, parseJsonl } from "./jsonl.ts";
import { comparisonRecord, demonstrationRecord, promptRecord } from "./records.ts";

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
  ['{"prompt": "Hi", "chosen": "a"}', 'pairs.jsonl:17: "rejected" is missing.'],
  ['{"prompt": null, "completion": "a"}', 'pairs.jsonl:17: "prompt" is missing.'],
  [
    '{"prompt": 5, "chosen": "a", "rejected": "b"}',
    'pairs.jsonl:17: "prompt": a text, or turns: [{"role", "content"}, …].',
  ],
  [
    '{"prompt": "Hi", "chosen": "a", "rejected": "b", "chosen_rank": 2, "rejected_rank": 1}',
    'pairs.jsonl:17: the rank of "chosen" is behind that of "rejected": 1 is the best.',
  ],
  [
    '{"prompt": "Hi", "chosen": [{"role": "user", "content": "a"}], "rejected": "b"}',
    'pairs.jsonl:17: "chosen": its turn is not the assistant\'s.',
  ],
  [
    '{"prompt": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ho"}], "chosen": "a", "rejected": "b"}',
    'pairs.jsonl:17: "prompt": its last turn is the assistant\'s, and the answer would follow its own.',
  ],
  [
    '{"chosen": "The sky is blue.", "rejected": "The sky is green."}',
    'pairs.jsonl:17: "prompt" is missing: give one, or begin "chosen" and "rejected" with the same turns ({"role", "content"}), or with "\\n\\nHuman: …\\n\\nAssistant:".',
  ],
  ['{"prompt": "Hi", "chosen": "a", "rejected": "b", "k": 1}', 'pairs.jsonl:17: "k" should be at least 2.'],
  ["[1]", /^pairs\.jsonl:17: /],
])("%j is refused with file and line", (line, message) => {
  expect(() => parse(line)).toThrow(JsonlError);
  expect(() => parse(line)).toThrow(message);
});

const turns = (...contents: string[]) =>
  contents.map((content, i) => ({ role: i % 2 === 0 ? "user" : "assistant", content }));
const [asked, yes, no] = [turns("Hi?"), turns("", "Yes.").slice(1), turns("", "No.").slice(1)];

test.each<[string, object, object]>([
  [
    "null for what is absent",
    { prompt: "Hi?", chosen: "Yes.", rejected: "No.", split: null, labeler: null },
    { prompt: "Hi?", chosen: "Yes.", rejected: "No." },
  ],
  [
    "the prompt in shared turns",
    { chosen: turns("Hi?", "Yes."), rejected: turns("Hi?", "No.") },
    { prompt: asked, chosen: yes, rejected: no },
  ],
  [
    "the prompt as a text beside them",
    { prompt: "Hi?", chosen: turns("Hi?", "Yes."), rejected: turns("Hi?", "No."), k: 2 },
    { prompt: asked, chosen: yes, rejected: no, k: 2 },
  ],
  [
    "the prompt as turns beside them",
    { prompt: turns("A", "B", "C"), chosen: turns("A", "B", "C", "Yes."), rejected: turns("A", "B", "C", "No.") },
    { prompt: turns("A", "B", "C"), chosen: yes, rejected: no },
  ],
  [
    "equal answers",
    { chosen: turns("Hi?", "Yes."), rejected: turns("Hi?", "Yes.") },
    { prompt: asked, chosen: yes, rejected: yes },
  ],
  [
    "HH-RLHF's texts",
    {
      chosen: "\n\nHuman: A\n\nAssistant: B\n\nHuman: Hi?\n\nAssistant: Yes.",
      rejected: "\n\nHuman: A\n\nAssistant: B\n\nHuman: Hi?\n\nAssistant: No.",
    },
    { prompt: turns("A", "B", "Hi?"), chosen: yes, rejected: no },
  ],
])("%s is read", (_, line, record) => {
  expect(parse(JSON.stringify(line))).toEqual(record);
});

test.each<[string, object, string]>([
  ["other questions", { chosen: turns("Hi?", "Yes."), rejected: turns("Ho?", "No.") }, '"prompt" is missing: give one'],
  [
    "conversations that part early",
    { chosen: turns("Hi?", "Yes.", "So?", "A."), rejected: turns("Hi?", "No.", "So?", "B.") },
    '"chosen" and "rejected" are not the same turns with one answer each at the end',
  ],
  [
    "another prompt beside the turns",
    { prompt: "Ho?", chosen: turns("Hi?", "Yes."), rejected: turns("Hi?", "No.") },
    '"prompt" is not what "chosen" and "rejected" begin with',
  ],
  [
    "turns that end with the person",
    { chosen: turns("Hi?", "Yes.", "A"), rejected: turns("Hi?", "Yes.", "B") },
    '"chosen" or "rejected" ends with a turn that is not the assistant\'s.',
  ],
])("%s are refused by line", (_, line, sentence) => {
  expect(() => parse(JSON.stringify(line))).toThrow(`pairs.jsonl:17: ${sentence}`);
});

test("null is absent in every kind of record", () => {
  const nulls = { prompt_id: null, use_case: null, split: null };
  expect(parseJsonl(JSON.stringify({ prompt: "Hi", ...nulls }), 1, "p", promptRecord)).toEqual({ prompt: "Hi" });
  const demonstration = { prompt: "Hi", completion: "Ho" };
  const line = JSON.stringify({ ...demonstration, ...nulls, labeler: null, written_at: null });
  expect(parseJsonl(line, 1, "d", demonstrationRecord)).toEqual(demonstration);
});

test("a line holds nothing at which a reader of lines ends it, and says the same", () => {
  const record = { "a\u2028": ["b\u2029", { c: "d\u0085e\nf" }] };
  const line = jsonlLine(record);
  expect(line).toBe('{"a\\u2028":["b\\u2029",{"c":"d\\u0085e\\nf"}]}');
  expect(line).not.toMatch(/[\n\r\u0085\u2028\u2029]/);
  expect(JSON.parse(line)).toEqual(record);
});

test("lines that repeat their texts are written as each line alone is", () => {
  const values = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: "small" },
      fc.string({ unit: "binary" }),
      fc.constantFrom("One\u2028two\u0085", "One\u2028two\u0085", "\ud800", ""),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(fc.string({ maxLength: 5 }), tie("any"), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  const record = fc.dictionary(fc.string({ maxLength: 5 }), values.any, { noNullPrototype: true });
  fc.assert(
    fc.property(fc.array(record, { maxLength: 4 }), (records) => {
      const lines = new JsonlLines();
      const withAbsent = records.map((one) => ({ ...one, absent: undefined }));
      expect(withAbsent.map((one) => lines.line(one))).toEqual(records.map((one) => jsonlLine(one)));
    }),
  );
});
