// The split of a prompt: a function of its text alone, so that the same text written twice (or exported by
// two installations) never stands in train and test at once, and all rankings of a prompt stay together.
import { hash } from "node:crypto";
import type { Split } from "../vocabulary/labeling.ts";

/**
 * The split of a text: 90 % train, 5 % valid, 5 % test, by the SHA-256 of its words. White space and the form in which Unicode
 * writes a letter change nothing: the same question with a space behind it would else be learned from and asked in the test.
 */
export function splitOf(text: string): Split {
  const words = text.normalize("NFC").trim().replaceAll(/\s+/g, " ");
  const share = hash("sha256", words, "buffer").readUInt32BE(0) / 2 ** 32;
  if (share < 0.9) return "train";
  return share < 0.95 ? "valid" : "test";
}
