import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isSameTensor, readHeader, readTensors, type TensorData, writeTensors } from "./safetensors.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "safetensors-"));
});
afterAll(() => rm(dir, { recursive: true }));

async function write(tensors: Map<string, TensorData>, dtype: "F32" | "F16"): Promise<string> {
  const file = join(dir, `${dtype}.safetensors`);
  const handle = await open(file, "w");
  await writeTensors(handle, tensors, dtype).finally(() => handle.close());
  return file;
}

/** A file from a header (text or object) and so many zero bytes. */
async function forge(header: string | object | Buffer, dataBytes: number): Promise<string> {
  const text = Buffer.isBuffer(header)
    ? header
    : Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const file = join(dir, "forged.safetensors");
  await writeFile(file, Buffer.concat([length, text, Buffer.alloc(dataBytes)]));
  return file;
}

const sample = () =>
  new Map<string, TensorData>([
    ["a.weight", { shape: [2, 3], data: Float32Array.of(1, -2.5, 3, 0, 65_504, 2 ** -24) }],
    ["b", { shape: [1], data: Float32Array.of(0.1) }],
    ["scalar", { shape: [], data: Float32Array.of(7) }],
    ["empty", { shape: [0, 4], data: new Float32Array(0) }],
  ]);

test("a written file, parsed by hand, is what the format's description says", async () => {
  const bytes = await readFile(await write(sample(), "F32"));
  const headerLength = Number(bytes.readBigUInt64LE(0));
  expect(headerLength % 8).toBe(0);
  const header = JSON.parse(bytes.subarray(8, 8 + headerLength).toString("utf8"));
  expect(header["a.weight"]).toEqual({ dtype: "F32", shape: [2, 3], data_offsets: [0, 24] });
  expect(header.b).toEqual({ dtype: "F32", shape: [1], data_offsets: [24, 28] });
  expect(header.__metadata__).toEqual({ format: "pt" });
  const [begin] = header["a.weight"].data_offsets;
  expect(bytes.readFloatLE(8 + headerLength + begin + 4)).toBe(-2.5);
  expect(bytes.length).toBe(8 + headerLength + 32);
});

test("numbers come back: F32 to the bit, F16 rounded", async () => {
  for (const dtype of ["F32", "F16"] as const) {
    const file = await write(sample(), dtype);
    const back = await readTensors(file, await readHeader(file));
    expect([...back.keys()].sort()).toEqual(["a.weight", "b", "empty", "scalar"]);
    expect(back.get("a.weight")).toEqual(sample().get("a.weight"));
    expect(back.get("scalar")).toEqual(sample().get("scalar"));
    expect(back.get("empty")).toEqual(sample().get("empty"));
    expect(back.get("b")!.data[0]).toBe(dtype === "F32" ? Math.fround(0.1) : 1638 / 16_384);
  }
});

test("BF16 is read", async () => {
  const file = await forge({ w: { dtype: "BF16", shape: [2], data_offsets: [0, 4] } }, 0);
  await writeFile(file, Buffer.from([0x80, 0x3f, 0x40, 0xc0]), { flag: "a" });
  const back = await readTensors(file, await readHeader(file));
  expect([...back.get("w")!.data]).toEqual([1, -3]);
});

test("a number that the type cannot hold is refused, and named", async () => {
  const big = new Map([["w", { shape: [1], data: Float32Array.of(70_000) }]]);
  await expect(write(big, "F16")).rejects.toThrow(/Tensor w has a number that is not finite or is beyond ±65,504/);
  await write(big, "F32");
  const nan = new Map([["w", { shape: [1], data: Float32Array.of(Number.NaN) }]]);
  await expect(write(nan, "F32")).rejects.toThrow(/Tensor w has a number that is not finite/);
});

const f32 = (begin: number, end: number, shape = [(end - begin) / 4]) => ({
  dtype: "F32",
  shape,
  data_offsets: [begin, end],
});

test.each<[string, string | object | Buffer, number, RegExp]>([
  ["no JSON", "{", 0, /header is not JSON/],
  ["no UTF-8", Buffer.from([0x22, 0xff, 0x22]), 0, /header is not JSON/],
  ["a list", "[]", 0, /no JSON object/],
  ["no offsets", { w: { dtype: "F32", shape: [1] } }, 4, /tensor w needs dtype, shape and data_offsets/],
  ["a negative size", { w: f32(0, 4, [-1]) }, 4, /tensor w needs dtype/],
  ["another type", { w: { dtype: "I65", shape: [1], data_offsets: [0, 8] } }, 8, /tensor w holds I65/],
  ["a shape that does not fit", { w: f32(0, 8, [3]) }, 8, /w of shape \[3\] needs 12 bytes, its offsets say 8/],
  ["an overlap", { v: f32(0, 8), w: f32(4, 12) }, 12, /tensor w overlaps/],
  ["a gap", { v: f32(0, 4), w: f32(8, 12) }, 12, /4 bytes before tensor w belong to none/],
  ["a missing end", { v: f32(0, 4), w: f32(4, 12) }, 8, /cut short: its tensors need 12 bytes, 8 are there/],
  ["a rest", { w: f32(0, 4) }, 6, /2 bytes after the last tensor/],
  [
    "a name twice",
    `{"w":${JSON.stringify(f32(0, 4))},"\\u0077":${JSON.stringify(f32(0, 4))}}`,
    4,
    /two tensors named w/,
  ],
  ["metadata of numbers", { __metadata__: { a: 1 } }, 0, /__metadata__/],
])("refused: %s", async (_, header, dataBytes, message) => {
  const file = await forge(header, dataBytes);
  await expect(readHeader(file)).rejects.toThrow(message);
  await expect(readHeader(file)).rejects.toThrow(file);
});

test("refused: a file shorter than its header, an empty one, none", async () => {
  const file = join(dir, "short.safetensors");
  await writeFile(file, Buffer.from([200, 0, 0, 0, 0, 0, 0, 0, 0x7b]));
  await expect(readHeader(file)).rejects.toThrow(/shorter than its header says/);
  await writeFile(file, "");
  await expect(readHeader(file)).rejects.toThrow(/too short/);
  await expect(readHeader(join(dir, "none"))).rejects.toThrow(/cannot be read/);
});

test("two tensors are the same to their last byte, however many pieces they are read in", async () => {
  const [long, entry] = [3_000_000, (at: number) => f32(at, at + 3_000_000)];
  const file = await forge({ one: entry(0), other: entry(long), short: f32(2 * long, 2 * long + 4) }, 2 * long + 4);
  const same = async (a: string, b: string) => {
    const header = await readHeader(file);
    const [one, other] = [a, b].map((name) => ({ ...header.get(name)!, file })) as [TensorAt, TensorAt];
    return isSameTensor(one, other);
  };
  expect([await same("one", "other"), await same("one", "short")]).toEqual([true, false]);
  const bytes = await readFile(file);
  bytes[bytes.length - 5]! ^= 1;
  await writeFile(file, bytes);
  expect([await same("one", "other"), await same("other", "other")]).toEqual([false, true]);
});
type TensorAt = Parameters<typeof isSameTensor>[0];

test("keys inside an entry are not mistaken for tensors", async () => {
  const file = await forge({ dtype: f32(0, 4), shape: f32(4, 8) }, 8);
  expect([...(await readHeader(file)).keys()]).toEqual(["dtype", "shape"]);
});
