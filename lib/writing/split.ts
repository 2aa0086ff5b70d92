// The split of a prompt, fixed when it is written or comes in, so that all its rankings stay together: of one whose user is known
// that of the user, because people ask alike (InstructGPT splits by user); of others a function of the text alone, so that the
// same text written twice (or exported by two installations) never stands in train and test at once.
import { createHmac, hash } from "node:crypto";
import type { Split } from "../vocabulary/labeling.ts";

/**
 * The split of a text: 90 % train, 5 % valid, 5 % test, by the SHA-256 of its words. White space and the form in which Unicode
 * writes a letter change nothing: the same question with a space behind it would else be learned from and asked in the test.
 */
export function splitOf(text: string): Split {
  const words = text.normalize("NFC").trim().replaceAll(/\s+/g, " ");
  return splitAt(hash("sha256", words, "buffer"));
}

/** The split of all that a user asks. @param project the id of the project, the key: the same user may be elsewhere in another */
export const splitOfUser = (project: string, user: string): Split =>
  splitAt(createHmac("sha256", project).update(user).digest());

function splitAt(digest: Buffer): Split {
  const share = digest.readUInt32BE(0) / 2 ** 32;
  if (share < 0.9) return "train";
  return share < 0.95 ? "valid" : "test";
}
