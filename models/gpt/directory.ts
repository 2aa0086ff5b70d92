// A directory that is replaced as a whole: at any kill, crash or full disk it is the old one or the new one.
import { createHash } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join, resolve, sep } from "node:path";

/** A directory that may not, or could not, be replaced; the message is one sentence. */
export class DirectoryError extends Error {
  override name = "DirectoryError";
}

// Two renames make a replacement: dir → previous, temporary → dir. A kill between them leaves only `previous`.
const previousOf = (dir: string) => `${resolve(dir)}.previous`;

/** The directory to read: `dir`, or what a killed replacement set aside. */
export async function wholeDirectory(dir: string): Promise<string> {
  return !(await isThere(dir)) && (await isThere(previousOf(dir))) ? previousOf(dir) : dir;
}

/**
 * Make `dir` hold exactly these files, "onnx/model.onnx" in a folder of its own. `files` write to a path, `streams` to an open
 * handle.
 * @param owned names that a directory being replaced may hold; one with any other file is refused untouched.
 * @throws DirectoryError when it is refused, or the disk fails (full, read-only); `dir` is as before.
 */
export async function replaceDirectory(
  dir: string,
  owned: readonly string[],
  files: Record<string, (path: string) => Promise<void>>,
  streams: Record<string, (handle: FileHandle) => Promise<void>>,
): Promise<void> {
  const target = resolve(dir);
  const previous = previousOf(dir);
  const temporary = `${target}${beingWritten}-${Math.random().toString(36).slice(2, 8)}`;
  try {
    await mkdir(dirname(target), { recursive: true });
    if (!(await isThere(target)) && (await isThere(previous))) await rename(previous, target);
    await refuseForeign(target, owned);
    await sweepAbandoned(dirname(target), `${basename(target)}.`);
    await mkdir(temporary);
    const names = [...Object.keys(files), ...Object.keys(streams)];
    const folders = new Set(names.map((name) => dirname(join(temporary, name))));
    for (const folder of folders) await mkdir(folder, { recursive: true });
    for (const [name, write] of Object.entries(files)) {
      await write(join(temporary, name));
      await sync(join(temporary, name));
    }
    for (const [name, write] of Object.entries(streams)) {
      const handle = await open(join(temporary, name), "wx");
      try {
        await write(handle);
        await handle.sync();
      } finally {
        await handle.close();
      }
    }
    for (const folder of new Set([...folders, temporary])) await sync(folder);
    await rm(previous, { recursive: true, force: true });
    const replaces = await isThere(target);
    if (replaces) await rename(target, previous);
    await rename(temporary, target);
    await sync(dirname(target));
    if (replaces) await rm(previous, { recursive: true, force: true });
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true });
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    if (!/^E[A-Z]+$/.test(code)) throw cause;
    const why = code === "ENOSPC" ? "the disk is full" : (cause as Error).message;
    throw new DirectoryError(`${dir} could not be written and is as before: ${why}.`, { cause });
  }
}

/**
 * Look whether `replaceDirectory` would refuse `dir`, before long work whose result goes there.
 * @throws DirectoryError when it holds a file that is not `owned`.
 */
export async function refuseForeign(dir: string, owned: readonly string[]): Promise<void> {
  const target = resolve(dir);
  if (!(await isThere(target))) return;
  const found = await readdir(target, { recursive: true });
  const folders = owned.map((name) => dirname(name));
  const foreign = found
    .map((name) => name.replaceAll(sep, "/"))
    .find((name) => !owned.includes(name) && !folders.includes(name));
  if (foreign !== undefined) {
    throw new DirectoryError(`${target} holds ${foreign}, which is no part of this model: choose another directory.`);
  }
}

/** A folder may be shared by machines, whose process ids say nothing to each other. */
const host = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);

/** How the name of what this process is writing ends, or goes on with "-" and a word. */
export const beingWritten = `.writing-${host}-${process.pid}`;

/**
 * Take away what writers of this machine that were killed left in `folder`: "<name>.writing-<host>-<pid>…", files and
 * directories.
 * @param prefix only names that begin like this
 */
export async function sweepAbandoned(folder: string, prefix = ""): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    // Earlier versions knew of one machine alone.
    const [, of = host, pid] = /\.writing-(?:([\da-f]{8})-)?(\d+)(?:-\w+)?$/.exec(name) ?? [];
    if (pid === undefined || of !== host || !name.startsWith(prefix) || isAlive(Number(pid))) continue;
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

export const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

async function sync(path: string): Promise<void> {
  // Windows opens no directories; its file system journals renames by itself.
  if (process.platform === "win32") return;
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
