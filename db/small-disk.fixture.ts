// For tests: a small disk of its own (a tmpfs) that can be filled, for a real ENOSPC.
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface SmallDisk {
  path: string;
  /** Fills the disk to the last byte: the next write there is an ENOSPC. */
  fill(): void;
  /** Deletes what `fill` wrote. */
  free(): void;
  unmount(): void;
}

/** A tmpfs under the temporary folder; null where this user may not mount one. */
export function mountSmallDisk(megabytes = 1): SmallDisk | null {
  const path = mkdtempSync(join(tmpdir(), "rankloop-disk-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=0700`, "rankloop", path]);
  if (mounted.status !== 0) {
    rmdirSync(path);
    return null;
  }
  const filler = join(path, "filler");
  return {
    path,
    fill() {
      const handle = openSync(filler, "a");
      try {
        for (let bytes = 1 << 20; bytes >= 1; bytes = Math.floor(bytes / 2)) fillWith(handle, Buffer.alloc(bytes));
      } finally {
        closeSync(handle);
      }
    },
    free: () => rmSync(filler, { force: true }),
    unmount() {
      // Lazily: whoever still has a file open there keeps it until they close it.
      spawnSync("umount", ["-l", path]);
      rmdirSync(path);
    },
  };
}

function fillWith(handle: number, chunk: Buffer): void {
  try {
    while (writeSync(handle, chunk) > 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}
