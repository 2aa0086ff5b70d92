// Parquet as rows: values as JSON has them, whatever they are packed with, group by group; and what is damaged or too large.
import { gzipSync, zstdCompressSync } from "node:zlib";
import type { SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { surveyFile } from "../import-file.ts";
import { bytesInNode } from "./in-node.ts";
import { parquetRows } from "./parquet.ts";
import { parquetInNode } from "./parquet-in-node.ts";

const turn = (role: string, content: string) => ({ role, content });
/** chosen and rejected as lists of groups, as Hugging Face's data sets keep turns. */
const turns = (name: string): SchemaElement[] => [
  { name, repetition_type: "OPTIONAL", converted_type: "LIST", num_children: 1 },
  { name: "list", repetition_type: "REPEATED", num_children: 1 },
  { name: "element", repetition_type: "OPTIONAL", num_children: 2 },
  { name: "role", repetition_type: "OPTIONAL", type: "BYTE_ARRAY", converted_type: "UTF8" },
  { name: "content", repetition_type: "OPTIONAL", type: "BYTE_ARRAY", converted_type: "UTF8" },
];
const schema: SchemaElement[] = [
  { name: "root", num_children: 4 },
  { name: "prompt", repetition_type: "OPTIONAL", type: "BYTE_ARRAY", converted_type: "UTF8" },
  ...turns("chosen"),
  ...turns("rejected"),
  { name: "ranked_at", repetition_type: "OPTIONAL", type: "INT64" },
];
const rows = Array.from({ length: 25 }, (_, i) => ({
  prompt: `Question ${i}?`,
  chosen: [turn("user", `Question ${i}?`), turn("assistant", "Fish.")],
  rejected: [turn("user", `Question ${i}?`), turn("assistant", "Sand – “sand”.")],
  ranked_at: i === 3 ? null : 1_700_000_000_000 + i,
}));
const stored = rows.map((row) => ({ ...row, ranked_at: row.ranked_at === null ? null : BigInt(row.ranked_at) }));

const compressors = Object.fromEntries(
  Object.entries({ GZIP: gzipSync, ZSTD: zstdCompressSync }).map(([codec, pack]) => [
    codec,
    (bytes: Uint8Array) => pack(bytes),
  ]),
);

function written(
  options: { codec?: "SNAPPY" | "GZIP" | "ZSTD" | "UNCOMPRESSED"; compressors?: typeof compressors } = {},
) {
  const columnData = (["prompt", "chosen", "rejected", "ranked_at"] as const).map((name) => ({
    name,
    data: stored.map((row) => row[name]),
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData, schema, rowGroupSize: 10, ...options }));
}

const damaged = "The Parquet file is damaged: it cannot be read to its end.";
const stuck =
  "The Parquet file cannot be read: it is damaged, or its groups are too large. Write it again, with smaller row groups.";

async function read(bytes: Uint8Array) {
  const all: unknown[] = [];
  const slice = async (from: number, to: number) => bytes.slice(from, to).buffer;
  for await (const row of parquetRows({ size: bytes.length, slice })) all.push(row);
  return all;
}

describe("a Parquet file", () => {
  test.each(["UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD"] as const)(
    "packed with %s: its rows as JSON has them",
    async (codec) => {
      const bytes = written({ codec, compressors });
      expect(await read(bytes)).toEqual(rows.map((value, at) => ({ number: at + 1, value })));
    },
  );

  test("is known by its first bytes, and read as what its rows are", async () => {
    const { unit, survey, hash } = await surveyFile(bytesInNode("otters", written()));
    expect([unit, survey.format.name, survey.counts.ranking, survey.bad]).toEqual(["row", "trl-preference", 25, 0]);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  test("that breaks off anywhere is refused in one sentence", async () => {
    const bytes = written();
    for (let length = 0; length < bytes.length; length += 13) {
      await expect(read(bytes.slice(0, length))).rejects.toMatchObject({ name: "FileRefused" });
    }
  });

  test("with a changed byte is read whole or refused, also where its reader would loop for ever", async () => {
    const bytes = written();
    const readBeside = async (from: Uint8Array, silenceMs?: number) => {
      let count = 0;
      try {
        for await (const _ of parquetInNode(from, silenceMs)) count++;
        return count;
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(await readBeside(bytes)).toBe(rows.length);
    const said = new Map<number, number | string>();
    // The header of the first page, the data after it, and the end of the file. How long is waited decides nothing: a slow
    // reader is refused as well.
    const end = bytes.length - 30;
    for (const at of [12, 14, 16, 18, 20, 22, 24, 400, end, end + 9]) {
      const changed = bytes.slice();
      changed[at]! ^= 0x80;
      said.set(at, await readBeside(changed, 400));
    }
    expect(new Set(said.values()).difference(new Set([rows.length, damaged, stuck]))).toEqual(new Set());
    expect([...said.values()]).toContain(stuck);
  });

  test("with more rows in a group than fit is not read", async () => {
    // A million rows of one value, in some bytes.
    const count = 2 ** 20 + 1;
    const data = new Array(count).fill("a");
    const columnData = [{ name: "prompt", data, type: "STRING" as const }];
    const bytes = new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: count }));
    expect(bytes.length).toBeLessThan(100_000);
    await expect(read(bytes)).rejects.toThrow("The Parquet file has a group of more than 1,048,576 rows or 512 MB");
  });
});
