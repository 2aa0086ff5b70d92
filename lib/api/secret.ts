// The key that signs session cookies: made at the first start, readable by the owner of the data directory alone.
import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** 256 random bits in hex, the same for all processes on one data directory and after every restart. */
export function sessionSecret(directory: string): string {
  const file = path.join(directory, "session-secret");
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
