// Ids of rows: opaque, safe in URLs, file names and as command-line arguments, and in the order they were made in. And what is
// stored of a secret token.
import { createHash, randomFillSync } from "node:crypto";

let last = 0;

/** Random bytes drawn together: one by one they take longer than all the rest of an id. */
const drawn = Buffer.alloc(5 * 1_000);
let used = drawn.length;

function fiveBytes(): string {
  if (used === drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  used += 5;
  return drawn.toString("hex", used - 5, used);
}

/**
 * 96 bits in hex, e.g. "19acd1c8f4b0005f0c3d9a1b": Unix ms and a count within the ms, so that rows of one moment keep
 * their order, then 40 random bits, so that two processes never make the same.
 */
export function newId(): string {
  const now = Date.now() * 4096;
  last = now > last ? now : last + 1;
  return last.toString(16).padStart(14, "0") + fiveBytes();
}

/**
 * The hash that is stored in place of a token, so that nobody who reads the database, or a copy of it, can sign in with it.
 * Tokens have 128 random bits or more, so a hash without salt and without delay cannot be reversed.
 */
export const tokenHash = (token: string): string => createHash("sha256").update(token).digest("hex");
