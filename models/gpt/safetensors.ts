// The safetensors file format: 8 bytes header length (little-endian), a JSON header {name: {dtype, shape, data_offsets}},
// then the numbers, end to end. Read strictly: a file that is not exactly that is refused, naming the tensor.
import { type FileHandle, open } from "node:fs/promises";
import * as z from "zod";
import { decodeBfloat, decodeHalf, encodeHalf } from "./half.ts";

export interface TensorData {
  shape: number[];
  data: Float32Array;
}

export interface TensorEntry {
  /** "F32", "F16" and "BF16" are read; others may be there, such as masks of bytes. */
  dtype: string;
  shape: number[];
  /** Bytes from the file's start, end not included. */
  begin: number;
  end: number;
}

/** A file that is not what safetensors says; the message is one sentence naming file and tensor. */
export class SafetensorsError extends Error {
  override name = "SafetensorsError";
}

/** Of every type the format knows. */
const bytesOf: Record<string, number> = {
  F64: 8,
  I64: 8,
  U64: 8,
  F32: 4,
  I32: 4,
  U32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
};
/** Bytes: room for 50,000 tensors. It is read in the web process, too. */
const longestHeader = 8_000_000;
const entry = z.strictObject({
  dtype: z.string(),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});
const metadata = z.record(z.string(), z.string());

/**
 * The header, in the order of the numbers. Costs two small reads, whatever the file's size.
 * @throws SafetensorsError when the header is malformed, or the tensors overlap, leave gaps or miss the file's end.
 */
export async function readHeader(file: string): Promise<Map<string, TensorEntry>> {
  const handle = await openFile(file);
  try {
    const about = await handle.stat();
    if (!about.isFile()) throw new SafetensorsError(`${file} is no file.`);
    const { size } = about;
    if (size < 8) throw new SafetensorsError(`${file} is too short for a safetensors file: ${size} bytes.`);
    const length = Number(new DataView((await readBytes(handle, file, 0, 8)).buffer).getBigUint64(0, true));
    if (length > longestHeader && 8 + length <= size) {
      throw new SafetensorsError(`${file} has a header of ${length} bytes; at most ${longestHeader} are read.`);
    }
    if (8 + length > size) {
      throw new SafetensorsError(`${file} is no whole safetensors file: it is shorter than its header says.`);
    }
    return parseHeader(await readBytes(handle, file, 8, length), file, size - 8 - length);
  } finally {
    await handle.close();
  }
}

/** Header bytes → entries. `dataBytes` is what follows the header in the file. */
export function parseHeader(header: Uint8Array, file: string, dataBytes: number): Map<string, TensorEntry> {
  const fail = (what: string, cause?: unknown): never => {
    throw new SafetensorsError(`${file} is no safetensors file: ${what}.`, { cause });
  };
  let text = "";
  let json: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(header);
    json = JSON.parse(text);
  } catch (cause) {
    fail("its header is not JSON", cause);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) return fail("its header is no JSON object");
  const twice = repeatedKey(text);
  if (twice !== undefined) fail(`it has two tensors named ${twice}`);

  const entries: [string, TensorEntry][] = [];
  for (const [name, value] of Object.entries(json)) {
    if (name === "__metadata__") {
      if (!metadata.safeParse(value).success) fail("its __metadata__ holds more than texts");
      continue;
    }
    const parsed = entry.safeParse(value);
    if (!parsed.success) return fail(`tensor ${name} needs dtype, shape and data_offsets`);
    const { dtype, shape, data_offsets } = parsed.data;
    const [begin, end] = data_offsets;
    const width = bytesOf[dtype];
    if (!width) return fail(`tensor ${name} holds ${dtype}, which is no type of it`);
    const bytes = shape.reduce((a, b) => a * b, width);
    if (end - begin !== bytes) {
      fail(`tensor ${name} of shape [${shape.join(", ")}] needs ${bytes} bytes, its offsets say ${end - begin}`);
    }
    const start = 8 + header.length;
    entries.push([name, { dtype, shape, begin: start + begin, end: start + end }]);
  }
  entries.sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let at = 8 + header.length;
  for (const [name, { begin, end }] of entries) {
    if (begin < at) fail(`tensor ${name} overlaps the one before it`);
    if (begin > at) fail(`${begin - at} bytes before tensor ${name} belong to none`);
    at = end;
  }
  const total = at - 8 - header.length;
  if (total > dataBytes) fail(`it is cut short: its tensors need ${total} bytes, ${dataBytes} are there`);
  if (total < dataBytes) fail(`${dataBytes - total} bytes after the last tensor belong to none`);
  return new Map(entries);
}

/** JSON.parse keeps the last of two equal keys; the format forbids them. Finds the first such key of the outer object. */
function repeatedKey(json: string): string | undefined {
  const seen = new Set<string>();
  let depth = 0;
  let isKey = false;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],]/g)) {
    if (token === "{" || token === "[") {
      depth++;
      isKey = depth === 1;
    } else if (token === "}" || token === "]") depth--;
    else if (token === ",") isKey = depth === 1;
    else if (isKey) {
      const key = JSON.parse(token) as string;
      if (seen.has(key)) return key;
      seen.add(key);
      isKey = false;
    }
  }
  return undefined;
}

/**
 * Numbers of the entries asked for, as float32. `entries` come from `readHeader(file)`.
 * @throws SafetensorsError when a number is not finite: whatever is computed from it would not be, either.
 */
export async function readTensors(
  file: string,
  entries: Iterable<readonly [string, TensorEntry]>,
): Promise<Map<string, TensorData>> {
  const handle = await openFile(file);
  try {
    const tensors = new Map<string, TensorData>();
    for (const [name, entry] of entries) {
      mustBeRead(file, name, entry);
      const { dtype, shape, begin, end } = entry;
      const bytes = await readBytes(handle, file, begin, end - begin);
      const data =
        dtype === "F32"
          ? new Float32Array(bytes.buffer)
          : (dtype === "F16" ? decodeHalf : decodeBfloat)(new Uint16Array(bytes.buffer));
      if (!allFinite(data)) throw notFinite(file, name);
      tensors.set(name, { shape, data });
    }
    return tensors;
  } finally {
    await handle.close();
  }
}

const notFinite = (file: string, name: string) =>
  new SafetensorsError(`${file}: tensor ${name} holds numbers that are not finite.`);

/** Bytes that are looked at at a time. */
const piece = 2 ** 20;

/**
 * Are two tensors the same, to the byte? Read piece by piece, up to the first difference: the web process asks, too, and an
 * embedding may have a gigabyte.
 */
export async function isSameTensor(
  one: TensorEntry & { file: string },
  other: TensorEntry & { file: string },
): Promise<boolean> {
  const length = one.end - one.begin;
  if (one.dtype !== other.dtype || one.shape.join() !== other.shape.join()) return false;
  const handle = await openFile(one.file);
  const beside = await openFile(other.file).catch(async (error: unknown) => {
    await handle.close();
    throw error;
  });
  try {
    for (let at = 0; at < length; at += piece) {
      const size = Math.min(piece, length - at);
      const bytes = await readBytes(handle, one.file, one.begin + at, size);
      if (Buffer.compare(bytes, await readBytes(beside, other.file, other.begin + at, size)) !== 0) return false;
    }
    return true;
  } finally {
    await handle.close();
    await beside.close();
  }
}

/**
 * Looks at every number of a file's tensors, piece by piece: the web process asks, which does not hold them all.
 * @throws SafetensorsError naming the tensor that holds one that is not finite, or whose type is not read.
 */
export async function mustBeFinite(file: string, entries: Iterable<readonly [string, TensorEntry]>): Promise<void> {
  const handle = await openFile(file);
  try {
    for (const [name, entry] of entries) {
      mustBeRead(file, name, entry);
      for (let at = entry.begin; at < entry.end; at += piece) {
        const { buffer } = await readBytes(handle, file, at, Math.min(piece, entry.end - at));
        const numbers = entry.dtype === "F32" ? new Uint32Array(buffer) : new Uint16Array(buffer);
        // Of NaN and the infinities all bits of the exponent are set.
        const exponent = { F32: 0x7f800000, F16: 0x7c00, BF16: 0x7f80 }[entry.dtype]!;
        for (const bits of numbers) if ((bits & exponent) === exponent) throw notFinite(file, name);
      }
    }
  } finally {
    await handle.close();
  }
}

/** @throws SafetensorsError when a tensor's numbers are of a type that is not read. */
export function mustBeRead(file: string, name: string, { dtype }: TensorEntry): void {
  if (["F32", "F16", "BF16"].includes(dtype)) return;
  throw new SafetensorsError(`${file}: tensor ${name} holds ${dtype}; only F32, F16 and BF16 are read.`);
}

/** NaN and the infinities make 0 · x something else than 0. Some 0.1 s for GPT-2's 124 million numbers. */
function allFinite(numbers: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += 0 * numbers[i]!;
  return sum === 0;
}

/**
 * Write a file through `handle` (at its start). F16 rounds to nearest even.
 * @throws SafetensorsError when a number is not finite, or too large for F16.
 */
export async function writeTensors(
  handle: FileHandle,
  tensors: ReadonlyMap<string, TensorData>,
  dtype: "F32" | "F16",
): Promise<void> {
  // "format" is what transformers asks for before it opens a file.
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  let at = 0;
  for (const [name, { shape, data }] of tensors) {
    const bytes = data.length * bytesOf[dtype]!;
    header[name] = { dtype, shape, data_offsets: [at, at + bytes] };
    at += bytes;
  }
  const json = Buffer.from(JSON.stringify(header));
  // Spaces up to a multiple of 8, so that the numbers are aligned for readers that map the file.
  const padded = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, " ");
  padded.writeBigUInt64LE(BigInt(padded.length - 8));
  json.copy(padded, 8);
  await handle.writeFile(padded);
  for (const [name, { data }] of tensors) {
    const numbers = dtype === "F32" ? data : encodeHalf(data);
    const broken = dtype === "F32" ? data.some((x) => !Number.isFinite(x)) : (numbers as Uint16Array).some(isHuge);
    if (broken) {
      const range = dtype === "F16" ? " or is beyond ±65,504" : "";
      throw new SafetensorsError(`Tensor ${name} has a number that is not finite${range}: it was not written.`);
    }
    // One after the other: writeFile appends at the handle's position.
    await handle.writeFile(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
  }
}

const isHuge = (half: number) => (half & 0x7c00) === 0x7c00;

async function openFile(file: string): Promise<FileHandle> {
  return await open(file, "r").catch((cause) => {
    throw new SafetensorsError(`${file} cannot be read.`, { cause });
  });
}

async function readBytes(handle: FileHandle, file: string, from: number, length: number) {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(bytes, done, length - done, from + done);
    if (bytesRead === 0) throw new SafetensorsError(`${file} ended while it was being read.`);
    done += bytesRead;
  }
  return bytes;
}
