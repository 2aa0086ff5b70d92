// Files of every kind as rows: what comes out, what is refused by number, and that memory does not grow with the file.
import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { surveyFile } from "../import-file.ts";
import { bytesInNode, unpack } from "./in-node.ts";
import { longestRow } from "./row.ts";
import { rowFile } from "./row-file.ts";

const bytesOf = (text: string | Uint8Array) => (typeof text === "string" ? new TextEncoder().encode(text) : text);

/** The bytes in chunks of this size. */
async function* chunked(text: string | Uint8Array, size = 1 << 16) {
  const bytes = bytesOf(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function rows(text: string | Uint8Array, name = "file.jsonl", size?: number) {
  const { parquet } = bytesInNode(name, bytesOf(text));
  const file = await rowFile(chunked(text, size), name, unpack, parquet);
  const all: unknown[] = [];
  for await (const { number, ...rest } of file.rows)
    all.push([number, "value" in rest ? rest.value : { problem: rest.problem }]);
  return { unit: file.unit, all };
}
const noOther = () => {
  throw new Error("It is no Parquet.");
};
const problem = (sentence: string) => ({ problem: sentence });

test.each<[string, string, string | Uint8Array, string, unknown[]]>([
  [
    "JSON lines",
    "a.jsonl",
    '{"a":1}\n\n{"a":2}\r\n{"a":3}',
    "line",
    [
      [1, { a: 1 }],
      [3, { a: 2 }],
      [4, { a: 3 }],
    ],
  ],
  [
    "a JSON list",
    "a.json",
    '\ufeff [ {"a":"],"},\n {"b":[1,{"c":"\\"}"}]} ] \n',
    "item",
    [
      [1, { a: "]," }],
      [2, { b: [1, { c: '"}' }] }],
    ],
  ],
  ["an empty list", "a.json", "[]", "item", []],
  [
    "lines of text",
    "a.txt",
    "[Hi]\n \n{ho\r\n",
    "line",
    [
      [1, "[Hi]"],
      [3, "{ho"],
    ],
  ],
  [
    "lines of text of any name",
    "prompts",
    "Hi\nHo",
    "line",
    [
      [1, "Hi"],
      [2, "Ho"],
    ],
  ],
  [
    "CSV as Excel writes it",
    "a.csv",
    '\ufeffprompt;completion\r\n"a;""b""\r\nc";d\r\n;\r\ne;\r\n',
    "row",
    [
      [2, { prompt: 'a;"b"\r\nc', completion: "d" }],
      [4, { prompt: "e" }],
    ],
  ],
  ["CSV with commas", "a.CSV", 'a,"b;c"\n1,2\n', "row", [[2, { a: "1", "b;c": "2" }]]],
  ["tabs", "a.tsv", "a\tb,c\n1\t2\n", "row", [[2, { a: "1", "b,c": "2" }]]],
  ["gzip", "a.jsonl.gz", gzipSync('{"a":1}\n'), "line", [[1, { a: 1 }]]],
  [
    "gzip in two parts",
    "a.gz",
    Buffer.concat([gzipSync('{"a":1}\n'), gzipSync('{"a":2}\n')]),
    "line",
    [
      [1, { a: 1 }],
      [2, { a: 2 }],
    ],
  ],
  ["zstd", "a.csv.zst", zstdCompressSync("a\nb\n"), "row", [[2, { a: "b" }]]],
])("%s", async (_, name, text, unit, expected) => {
  expect(await rows(text, name)).toEqual({ unit, all: expected });
  expect(await rows(text, name, 1)).toEqual({ unit, all: expected });
});

const nested = (depth: number) => `{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`;

test.each<[string, string | Uint8Array, string, unknown[]]>([
  [
    "half a line",
    '{"a":1}\n{"a":\n{"a":3}',
    "a.jsonl",
    [
      [1, { a: 1 }],
      [2, problem("It is not whole JSON.")],
      [3, { a: 3 }],
    ],
  ],
  [
    "wrong encoding",
    Buffer.from([0x7b, 0xff, 0x7d, 0x0a, 0x31]),
    "a.jsonl",
    [
      [1, problem("It is not UTF-8 text.")],
      [2, 1],
    ],
  ],
  [
    "NUL",
    "a\u0000\nb",
    "a.txt",
    [
      [1, problem("It holds the character NUL (U+0000), which cannot be kept.")],
      [2, "b"],
    ],
  ],
  [
    "a key twice",
    '{"b":{"a":1,"c":"a","\\u0061":2}}',
    "a.jsonl",
    [[1, problem('The key "a" comes twice in one object.')]],
  ],
  [
    "the same key in two objects",
    '{"a":{"a":1},"b":[{"a":1},{"a":"a"}]}',
    "a.jsonl",
    [[1, { a: { a: 1 }, b: [{ a: 1 }, { a: "a" }] }]],
  ],
  [
    "10,000 deep",
    `${nested(10_000)}\n{"a":1}`,
    "a.jsonl",
    [
      [1, problem("It is nested more than 100 deep.")],
      [2, { a: 1 }],
    ],
  ],
  [
    "unclosed and deep",
    `{"a":${"[[".repeat(1e6)}\n1`,
    "a.jsonl",
    [
      [1, problem("It is nested more than 100 deep.")],
      [2, 1],
    ],
  ],
  [
    "a bad item",
    '[{"a":1},{"a":}, 3]',
    "a.json",
    [
      [1, { a: 1 }],
      [2, problem("It is not whole JSON.")],
      [3, 3],
    ],
  ],
  [
    "cells beyond the columns",
    "a,b\n1,2,3\n1,2,\n",
    "a.csv",
    [
      [2, problem("It has 3 cells, and there are 2 columns.")],
      [3, { a: "1", b: "2" }],
    ],
  ],
  [
    "a cell in the wrong encoding",
    Buffer.from("a\ncaf\xe9\nb\n", "latin1"),
    "a.csv",
    [
      [2, problem("It is not UTF-8 text.")],
      [3, { a: "b" }],
    ],
  ],
])("%s is refused by its number, and what follows is read", async (_, text, name, expected) => {
  expect((await rows(text, name)).all).toEqual(expected);
});

const gzipped = gzipSync("line\n".repeat(10_000));

test.each<[string, string | Uint8Array, string, string]>([
  ["nothing", "", "a.jsonl", "The file is empty."],
  ["blanks", " \n\n", "a.csv", "The file is empty."],
  [
    "UTF-16",
    Buffer.from("\ufeffprompt", "utf16le"),
    "a.csv",
    "The file is UTF-16: save it as UTF-8 first (in Excel as “CSV UTF-8”).",
  ],
  [
    "UTF-16 without a mark",
    Buffer.from('{"prompt": "a"}', "utf16le"),
    "a.jsonl",
    "The file is UTF-16: save it as UTF-8 first (in Excel as “CSV UTF-8”).",
  ],
  [
    "an Excel workbook",
    "PK\u0003\u0004",
    "a.csv",
    "The file is a ZIP archive or an Excel workbook: save what is in it as CSV first.",
  ],
  ["Parquet that breaks off", "PAR1", "a.parquet", "The Parquet file is damaged: it cannot be read to its end."],
  ["packed Parquet", gzipSync("PAR1"), "a.parquet.gz", "The file is Parquet, packed once more: unpack it first."],
  [
    "a gzip that breaks off",
    gzipped.subarray(0, gzipped.length - 20),
    "a.txt.gz",
    "The file is damaged: it cannot be unpacked to its end.",
  ],
  [
    "a zstd with a fault",
    zstdCompressSync("a".repeat(9_999)).fill(7, 5),
    "a.txt",
    "The file is damaged: it cannot be unpacked to its end.",
  ],
  ["a list that breaks off", '[{"a":1},{"a"', "a.json", "The list breaks off at item 2: the file is not whole."],
  ["a list and more", "[1] [2]", "a.json", "Something comes after the end of the list: the file is no whole JSON."],
  [
    "a quote that is not closed",
    'a,b\n1,2\n"3,4\n',
    "a.csv",
    "The file breaks off within a cell in quotes: is a quote missing?",
  ],
  [
    "a quote within a cell",
    'a,b\n1"x,2\n',
    "a.csv",
    "Line 2 has a quote where none may stand: a cell that holds one is in quotes, and the quote in it is written twice.",
  ],
  ["a column twice", "a,a\n1,2\n", "a.csv", 'Two columns are named "a": the first row names each once.'],
])("%s is refused as a file", async (_, text, name, sentence) => {
  await expect(rows(text, name)).rejects.toThrow(sentence);
});

describe("what is large", () => {
  /** Lines that never were in memory together. */
  async function* many(chunk: Uint8Array, times: number) {
    for (let i = 0; i < times; i++) yield chunk;
  }

  test.each(["jsonl", "json", "txt"])("a row of 200 MB is refused without being kept, in %s", async (kind) => {
    const before = process.memoryUsage().rss;
    let highest = 0;
    const text = async function* () {
      yield bytesOf(kind === "json" ? '["a",' : '"a"\n');
      for await (const chunk of many(bytesOf("x".repeat(2 ** 20)), 200)) {
        highest = Math.max(highest, process.memoryUsage().rss);
        yield chunk;
      }
      yield bytesOf(kind === "json" ? ',"b"]' : '\n"b"');
    };
    const all: unknown[] = [];
    for await (const row of (await rowFile(text(), `a.${kind}`, unpack, noOther)).rows) all.push(row);
    const value = (letter: string) => (kind === "txt" ? `"${letter}"` : letter);
    expect(all).toEqual([
      { number: 1, value: value("a") },
      { number: 2, problem: `It is longer than ${longestRow / 2 ** 20} MB.` },
      { number: 3, value: value("b") },
    ]);
    expect(highest - before).toBeLessThan(120 * 2 ** 20);
  });

  test.each([
    ["a row", ""],
    ["a cell in quotes", '"'],
  ])("a file with %s of 200 MB is refused without that being kept, in csv", async (_, quote) => {
    const before = process.memoryUsage().rss;
    let highest = 0;
    const text = async function* () {
      yield bytesOf(`a,b\n1,2\n${quote}`);
      for await (const chunk of many(bytesOf("x".repeat(2 ** 20)), 200)) {
        highest = Math.max(highest, process.memoryUsage().rss);
        yield chunk;
      }
      yield bytesOf(`${quote},4\n5,6`);
    };
    const all = async () => {
      for await (const _ of (await rowFile(text(), "a.csv", unpack, noOther)).rows);
    };
    // The file as a whole: mostly a quote is missing, and what follows would be read the wrong way round.
    await expect(all()).rejects.toThrow("A row of more than 16 MB ends in line 3 or later: is a quote missing?");
    expect(highest - before).toBeLessThan(200 * 2 ** 20);
  });

  const endlessly = Buffer.alloc(2 ** 28 + 2 ** 22, `${"x".repeat(2 ** 20)}\n`);
  test.each([
    ["gzip", () => gzipSync(endlessly, { level: 1 })],
    ["zstd", () => zstdCompressSync(endlessly)],
  ])("a %s file that unpacks to more than 200 times its size is not read on", async (_, packed) => {
    await expect(rows(packed(), "a.txt")).rejects.toThrow("The file unpacks to more than 200 times its size");
  });

  test("a reader that has enough ends the reading", async () => {
    let ended = false;
    const endless = async function* () {
      try {
        for (;;) yield bytesOf('{"a":1}\n');
      } finally {
        ended = true;
      }
    };
    for await (const row of (await rowFile(endless(), "a.jsonl", unpack, noOther)).rows) if (row.number === 10) break;
    expect(ended).toBe(true);
  });
});

test("any rows come out of JSON lines and of a list as they went in, in chunks of any size", async () => {
  const values = fc.array(
    fc.dictionary(
      fc.string({ unit: "binary" }).filter((key) => key !== "\u0000"),
      fc.jsonValue({ maxDepth: 3 }),
    ),
  );
  await fc.assert(
    fc.asyncProperty(values, fc.integer({ min: 1, max: 50 }), async (list, size) => {
      const expected = list.map((value, at) => [at + 1, JSON.parse(JSON.stringify(value))]);
      if (JSON.stringify(list).includes("\\ud")) return;
      const lines = list.map((value) => JSON.stringify(value)).join("\n");
      if (list.length > 0) expect((await rows(lines, "a.jsonl", size)).all).toEqual(expected);
      expect((await rows(JSON.stringify(list, null, 1), "a.json", size)).all).toEqual(expected);
    }),
  );
});

test("a file that breaks off or has other bytes anywhere gives rows, each read or refused, or is refused in one sentence", async () => {
  const text = '{"prompt":"Was „war“?","completion":"Ja."}';
  const files: [string, Uint8Array][] = [
    ["a.jsonl", bytesOf(`${text}\n${text}\n`)],
    ["a.json", bytesOf(`[${text},\n${text}]`)],
    ["a.csv", bytesOf('prompt;completion\r\n"a;""b""\r\nc";d\r\n=1+1;\r\n')],
    ["a.jsonl.gz", gzipSync(`${text}\n${text}\n`)],
    ["a.csv.zst", zstdCompressSync("a,b\n1,2\n")],
  ];
  const changes = fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files), changes, fc.nat(200), async ([name, whole], changed, length) => {
      const bytes = Uint8Array.from(whole.subarray(0, length < 100 ? length : whole.length));
      for (const [at, byte] of changed) if (at < bytes.length) bytes[at] = byte;
      try {
        for (const [number, row] of (await rows(bytes, name)).all as [number, unknown][]) {
          expect(number).toBeGreaterThan(0);
          expect(row).not.toBeUndefined();
        }
      } catch (error) {
        expect(error).toMatchObject({ name: "FileRefused", message: expect.stringMatching(/^[A-Z].*[.?]$/s) });
      }
    }),
    { numRuns: 300 },
  );
});

test("a column that changes its type is refused where it does", async () => {
  const lines = [
    '{"prompt":"a","completion":"b"}',
    '{"prompt":1,"completion":"b"}',
    '{"prompt":"c","completion":null}',
  ];
  const { survey } = await surveyFile(bytesInNode("a.jsonl", bytesOf(lines.join("\n"))));
  expect([survey.rows, survey.counts.demonstration, survey.counts.prompt]).toEqual([3, 1, 1]);
  expect(survey.problems).toEqual([{ number: 2, reason: expect.stringContaining('"prompt"') }]);
});
