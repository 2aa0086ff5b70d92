// The memory that something will take, against what this machine has: asked before it is taken, because beyond it a process
// ends in native code, or is killed, without a sentence.
import { totalmem } from "node:os";

/** Something that this machine has not the memory for; the message is one sentence. */
export class MemoryError extends Error {
  override name = "MemoryError";
  readonly code = "MEMORY";
}

/** Bytes that this process may still take. Only Linux says how much could be had; elsewhere the machine's own memory is the bound. */
export function availableBytes(): number {
  return process.platform === "linux" ? process.availableMemory() : totalmem();
}

/**
 * @param what begins the sentence: "Training models/large"
 * @throws MemoryError where it would take more than is there
 */
export function mustFit(what: string, bytes: number, available = availableBytes()): void {
  if (bytes <= available) return;
  const gb = (count: number) => `${(count / 1e9).toFixed(1)} GB`;
  throw new MemoryError(
    `${what} takes about ${gb(bytes)} of memory, and ${gb(available)} are free: close other programs, or take a smaller model.`,
  );
}
