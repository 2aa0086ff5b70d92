// The event file read back by another reader: framing by its definition, messages by the protobuf library's reader.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { afterAll, expect, test } from "vitest";
import { crc32c, EventLog } from "./tensorboard.ts";

const directory = mkdtempSync(join(tmpdir(), "rankloop-events-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("CRC-32C has the values of RFC 3720, appendix B.4, and of the catalogue", () => {
  expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
});

/** TensorFlow's: unmask(masked) = rotate left by 15 of what was added to. */
const unmasked = (masked: number) => {
  const rotated = (masked - 0xa282ead8) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
};

function* records(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    expect(unmasked(bytes.readUInt32LE(at + 8))).toBe(crc32c(bytes.subarray(at, at + 8)));
    const message = bytes.subarray(at + 12, at + 12 + length);
    expect(unmasked(bytes.readUInt32LE(at + 12 + length))).toBe(crc32c(message));
    yield message;
    at += 16 + length;
  }
}

interface Read {
  time: number;
  step: number;
  version: string;
  scalars: Record<string, number>;
}

/** tensorflow.Event: wall_time 1, step 2, file_version 3, summary 5 { value 1 { tag 1, simple_value 2 } }. */
function read(message: Uint8Array): Read {
  const event: Read = { time: 0, step: 0, version: "", scalars: {} };
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === 1) event.time = reader.double();
    else if (field === 2) event.step = Number(reader.int64());
    else if (field === 3) event.version = reader.string();
    else if (field === 5) {
      const summary = new BinaryReader(reader.bytes());
      while (summary.pos < summary.len) {
        expect(summary.tag()[0]).toBe(1);
        const value = new BinaryReader(summary.bytes());
        value.tag();
        const tag = value.string();
        value.tag();
        event.scalars[tag] = value.float();
      }
    } else reader.skip(wire);
  }
  return event;
}

test("an event file is what TensorBoard reads", () => {
  const log = new EventLog(join(directory, "run"), 1_764_460_800_000);
  log.add(0, { "train/pairs": 24 }, 1_764_460_801_500);
  log.add(3, { loss: 0.5, accuracy: 0.75, "eval/loss": Number.NaN }, 1_764_460_802_000);
  log.add(4, { loss: Number.POSITIVE_INFINITY });
  // It is on the disk before it is closed.
  const events = [...records(readFileSync(log.file))].map(read);
  log.close();
  expect(basename(log.file)).toMatch(/^events\.out\.tfevents\.1764460800\./);
  expect(events).toEqual([
    { time: 1_764_460_800, step: 0, version: "brain.Event:2", scalars: {} },
    { time: 1_764_460_801.5, step: 0, version: "", scalars: { "train/pairs": 24 } },
    { time: 1_764_460_802, step: 3, version: "", scalars: { loss: 0.5, accuracy: 0.75 } },
  ]);
});
