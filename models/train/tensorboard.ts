// A run's curves as TensorBoard reads them: an event file, which is a TFRecord file of tensorflow.Event messages.
// Record: uint64 length, its checksum, the message, its checksum; a checksum is CRC-32C, masked as TensorFlow does.
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** The curves of one run, in a file of its own in `directory`. What was added is in the file, whenever the process ends. */
export class EventLog {
  readonly file: string;
  private readonly handle: number;

  constructor(directory: string, now = Date.now()) {
    mkdirSync(directory, { recursive: true });
    // TensorBoard looks for this name; of several files in a directory it shows the later one's steps where they overlap.
    this.file = join(directory, `events.out.tfevents.${Math.floor(now / 1000)}.${hostname()}.${process.pid}`);
    this.handle = openSync(this.file, "a");
    this.write(new BinaryWriter(), now, (event) => event.tag(3, WireType.LengthDelimited).string("brain.Event:2"));
  }

  /** Metrics of a step, by their names; what is not finite is left out. */
  add(step: number, metrics: Readonly<Record<string, number>>, now = Date.now()): void {
    const scalars = Object.entries(metrics).filter(([, value]) => Number.isFinite(value));
    if (scalars.length === 0) return;
    this.write(new BinaryWriter(), now, (event) => {
      event.tag(2, WireType.Varint).int64(step);
      event.tag(5, WireType.LengthDelimited).fork();
      for (const [tag, value] of scalars) {
        event.tag(1, WireType.LengthDelimited).fork();
        event.tag(1, WireType.LengthDelimited).string(tag);
        event.tag(2, WireType.Bit32).float(value);
        event.join();
      }
      event.join();
    });
  }

  close(): void {
    closeSync(this.handle);
  }

  private write(event: BinaryWriter, now: number, fill: (event: BinaryWriter) => void): void {
    event.tag(1, WireType.Bit64).double(now / 1000);
    fill(event);
    writeSync(this.handle, record(event.finish()));
  }
}

/** A message as a TFRecord. */
function record(message: Uint8Array): Buffer {
  const bytes = Buffer.alloc(16 + message.length);
  bytes.writeBigUInt64LE(BigInt(message.length), 0);
  bytes.writeUInt32LE(maskedCrc(bytes.subarray(0, 8)), 8);
  bytes.set(message, 12);
  bytes.writeUInt32LE(maskedCrc(message), 12 + message.length);
  return bytes;
}

/** Rotated and shifted, because a checksum of what holds checksums says little. */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** CRC-32C (Castagnoli, polynomial 0x82f63b78 reversed): zlib's is another. crc32c("123456789") = 0xe3069283 */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 0xff]!;
  return (crc ^ 0xffffffff) >>> 0;
}

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let crc = n;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});
