// The secrets of a data folder, each in a file that the folder's owner alone can read, made when it is first needed: the key
// that signs session cookies, and the key that seals what people write once and nobody reads again.
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** 256 random bits in hex, the same for all processes on one data directory and after every restart. */
function secretIn(directory: string, name: string): string {
  const file = path.join(directory, name);
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
  // Written beside and linked: whoever comes second reads the first one's, never half of it.
  const fresh = `${file}-${process.pid}-${randomBytes(4).toString("hex")}`;
  writeFileSync(fresh, randomBytes(32).toString("hex"), { mode: 0o600, flag: "wx" });
  try {
    linkSync(fresh, file);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    rmSync(fresh);
  }
  return readFileSync(file, "utf8");
}

/** The key that signs session cookies. */
export const sessionSecret = (directory: string): string => secretIn(directory, "session-secret");

const sealing = (directory: string): Buffer => Buffer.from(secretIn(directory, "sealing-secret"), "hex");
const cipher = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;

/**
 * A text that only this data folder's secret opens again.
 * @param about what it belongs to: sealed for one thing, it opens for no other
 */
export function seal(directory: string, text: string, about: string): string {
  const nonce = randomBytes(nonceBytes);
  const sealer = createCipheriv(cipher, sealing(directory), nonce).setAAD(Buffer.from(about));
  const body = Buffer.concat([sealer.update(text, "utf8"), sealer.final()]);
  return Buffer.concat([nonce, sealer.getAuthTag(), body]).toString("base64");
}

/** The text that was sealed; null where another folder's secret, or for another thing, it was. */
export function unseal(directory: string, sealed: string, about: string): string | null {
  const bytes = Buffer.from(sealed, "base64");
  const tag = bytes.subarray(nonceBytes, nonceBytes + tagBytes);
  try {
    const opener = createDecipheriv(cipher, sealing(directory), bytes.subarray(0, nonceBytes))
      .setAAD(Buffer.from(about))
      .setAuthTag(tag);
    return opener.update(bytes.subarray(nonceBytes + tagBytes), undefined, "utf8") + opener.final("utf8");
  } catch {
    return null;
  }
}

/** A name for a person that is always the same, and says nothing of them: pseudonym(…, "ada") → "labeler-3f9a2c41" */
export function pseudonym(directory: string, project: string, name: string): string {
  const keyed = createHmac("sha256", secretIn(directory, "pseudonym-secret")).update(`${project}\n${name}`);
  return `labeler-${keyed.digest("hex").slice(0, 8)}`;
}
