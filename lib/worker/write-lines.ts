// A file that is there whole or not at all: written beside its place, synced, then renamed into it.
import { type FileHandle, mkdir, open, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { beingWritten, sweepAbandoned } from "../../models/gpt/directory.ts";

const chunkCharacters = 1 << 16;

/**
 * Writes each line and a newline; never holds more than one chunk of them.
 * @returns the number of lines.
 * @throws what the source, the signal or the file system throws; a file that was there before is as it was.
 */
export async function writeLines(file: string, lines: AsyncIterable<string>, signal?: AbortSignal): Promise<number> {
  return writeWhole(file, (handle) => copy(lines, handle, signal));
}

/** Writes these bytes, as writeLines does. */
export async function writeBytes(file: string, bytes: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<void> {
  await writeWhole(file, async (handle) => {
    for await (const chunk of bytes) {
      signal?.throwIfAborted();
      await handle.writeFile(chunk);
    }
  });
}

async function writeWhole<T>(file: string, write: (handle: FileHandle) => Promise<T>): Promise<T> {
  // Through a symbolic link: what it leads to is replaced, the link stays.
  const target = await realpath(file).catch(() => resolve(file));
  const there = await stat(target).catch(() => null);
  // A device or a pipe has no old content to keep, and a rename would put a file in its place.
  if (there && !there.isFile()) return withFile(target, write);
  await mkdir(dirname(target), { recursive: true });
  await sweepAbandoned(dirname(target), ".");
  const temporary = join(dirname(target), `.${basename(target)}${beingWritten}`);
  try {
    const written = await withFile(temporary, async (handle) => {
      const what = await write(handle);
      await handle.sync();
      return what;
    });
    await rename(temporary, target);
    await syncDirectory(dirname(target));
    return written;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function copy(lines: AsyncIterable<string>, handle: FileHandle, signal?: AbortSignal): Promise<number> {
  let count = 0;
  let chunk = "";
  for await (const line of lines) {
    signal?.throwIfAborted();
    chunk += `${line}\n`;
    count++;
    if (chunk.length < chunkCharacters) continue;
    await handle.writeFile(chunk);
    chunk = "";
  }
  await handle.writeFile(chunk);
  return count;
}

async function withFile<T>(file: string, body: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(file, "w");
  try {
    return await body(handle);
  } finally {
    await handle.close();
  }
}

/** Syncs a directory, so that a rename in it survives a loss of power; not every file system lets a directory be opened. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory).catch(() => null);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
