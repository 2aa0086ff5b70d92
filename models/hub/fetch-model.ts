// A model from a hub with Hugging Face's API: its files one after the other into a folder, each checked by the hub's own
// checksum. What a stopped fetch left is gone on with. Pickles are never fetched.
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readFile, rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { downloadFile, HubApiError, listFiles, modelInfo } from "@huggingface/hub";
import { ArchitectureError, parseArchitecture } from "../gpt/architecture.ts";
import { filesBesideWeights } from "../gpt/checkpoint.ts";

/** A hub that does not give a model; the message is one sentence. */
export class HubError extends Error {
  override name = "HubError";
  /** Might another try succeed? */
  readonly passing: boolean;
  constructor(sentence: string, { passing = false, cause }: { passing?: boolean; cause?: unknown } = {}) {
    super(sentence, { cause });
    this.passing = passing;
  }
}

export interface Wanted {
  /** Such as https://huggingface.co. */
  hub: string;
  /** Sent to the hub alone; absent: only what is public is there. */
  token?: string | undefined;
  /** Such as "Qwen/Qwen2-0.5B". */
  repository: string;
  /** A branch, a tag or a commit. */
  revision: string;
  /** The folder to put the files into. */
  into: string;
}

export interface FetchOptions {
  signal: AbortSignal;
  /** Is told the commit that the revision stands for, and how many bytes there are. */
  onFound: (found: { commit: string; bytes: number }) => Promise<void> | void;
  /** Is told often how many bytes are here. */
  onBytes: (bytes: number) => Promise<void> | void;
}

interface HubFile {
  path: string;
  size: number;
  /** Of a large file the SHA-256 of its bytes; of others git's SHA-1, which is of a header and the bytes. */
  checksum: { of: "sha256" | "git"; hex: string } | null;
}

// No adapter_config.json: it names its base model by a folder, and which one of this machine is no hub's to say.
const beside = [...filesBesideWeights, "model.safetensors.index.json"];
/** Not the same weights once more, as Mistral names them itself, nor an adapter's. */
const isWeights = (name: string): boolean => /^(?!consolidated|adapter_model)[\w.-]+\.safetensors$/.test(name);

/**
 * Fetches a model's files.
 * @throws HubError, or the signal's reason
 */
export async function fetchModel(wanted: Wanted, options: FetchOptions): Promise<void> {
  const { signal } = options;
  try {
    await fetchAll(wanted, options);
  } catch (error) {
    signal.throwIfAborted();
    throw inWords(error, wanted);
  }
}

async function fetchAll(wanted: Wanted, { signal, onFound, onBytes }: FetchOptions): Promise<void> {
  const { repository: name, revision, into } = wanted;
  const asked = {
    hubUrl: wanted.hub.replace(/\/+$/, ""),
    fetch: ((input, init) => fetch(input, { ...init, ...withToken(wanted, input, init), signal })) as typeof fetch,
  };
  const { sha: commit } = await modelInfo({ ...asked, name, revision, additionalFields: ["sha"] });
  if (!/^[\da-f]{40}$/.test(commit ?? "")) throw new HubError("The hub does not say which commit this revision is.");
  const files = await wantedFiles(name, listFiles({ ...asked, repo: { type: "model", name }, revision: commit }));
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  await onFound({ commit, bytes });
  await mkdir(into, { recursive: true });
  let before = 0;
  await refuseTooLarge(into, files);
  for (const file of files) {
    await fetchFile(file, into, {
      signal,
      read: async (start) => {
        const blob = await downloadFile({
          ...asked,
          repo: { type: "model", name },
          revision: commit,
          path: file.path,
          xet: false,
        });
        if (!blob) throw new HubError(`The hub has no ${file.path} of ${name}, though it lists it.`);
        return blob.slice(start, file.size).stream();
      },
      onBytes: (here) => onBytes(before + here),
    });
    if (file.path === "config.json") await refuseUnknown(name, join(into, file.path));
    before += file.size;
  }
}

/** A token goes to the hub itself and not to where it sends on; the package takes none but Hugging Face's. */
function withToken(
  { hub, token }: Wanted,
  input: Parameters<typeof fetch>[0],
  init: RequestInit | undefined,
): RequestInit {
  const url = input instanceof Request ? input.url : String(input);
  if (!token || new URL(url).origin !== new URL(hub).origin) return {};
  return { headers: { ...Object.fromEntries(new Headers(init?.headers)), authorization: `Bearer ${token}` } };
}

type Listed = Awaited<ReturnType<ReturnType<typeof listFiles>["next"]>>["value"];

/** Those of a model, small ones first: what cannot be run is known before its weights are fetched. */
async function wantedFiles(repository: string, listing: AsyncIterable<Listed>): Promise<HubFile[]> {
  const names: string[] = [];
  const files: HubFile[] = [];
  for await (const entry of listing) {
    if (entry.type !== "file") continue;
    names.push(entry.path);
    if (!beside.includes(entry.path) && !isWeights(entry.path)) continue;
    const { path, size, oid, lfs } = entry;
    const checksum = lfs ? { of: "sha256" as const, hex: lfs.oid } : oid ? { of: "git" as const, hex: oid } : null;
    files.push({ path, size, checksum });
  }
  if (names.includes("adapter_config.json") && !names.includes("config.json")) {
    throw new HubError(
      `${repository} is an adapter without its base model: put both into folders side by side, and add the adapter's.`,
    );
  }
  for (const name of ["config.json", "tokenizer.json", "tokenizer_config.json"]) {
    if (files.some(({ path }) => path === name)) continue;
    throw new HubError(`${repository} has no ${name}: it is no model that Rankloop can run.`);
  }
  if (!files.some(({ path }) => isWeights(path))) {
    const pickle = names.find((name) => /\.(bin|pt|pth|ckpt)$/.test(name));
    throw new HubError(
      pickle === undefined
        ? `${repository} has no model.safetensors.`
        : `${repository} has no model.safetensors, and ${pickle} is a pickle, which could run anything and is never fetched: convert it in Python with AutoModelForCausalLM.from_pretrained("${repository}").save_pretrained("folder"), and add that folder.`,
    );
  }
  const rank = ({ path }: HubFile) => (path === "config.json" ? 0 : isWeights(path) ? 2 : 1);
  return files.sort((one, other) => rank(one) - rank(other) || (one.path < other.path ? -1 : 1));
}

interface FileOptions {
  signal: AbortSignal;
  /** The file's bytes from a place on. */
  read: (start: number) => Promise<ReadableStream<Uint8Array>>;
  onBytes: (bytes: number) => Promise<void> | void;
}

async function fetchFile(file: HubFile, into: string, { signal, read, onBytes }: FileOptions): Promise<void> {
  const target = join(into, file.path);
  let here = await sizeOf(target);
  if (here > file.size) {
    await rm(target);
    here = 0;
  }
  await onBytes(here);
  if (here < file.size || here === 0) {
    const stream = await read(here);
    await pipeline(
      stream,
      async function* (chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          here += chunk.length;
          if (here > file.size) throw new HubError(`The hub sends more of ${file.path} than it says it has.`);
          yield chunk;
          await onBytes(here);
        }
      },
      createWriteStream(target, { flags: here === 0 ? "w" : "a" }),
      { signal },
    );
  }
  if (here < file.size) throw new HubError(`The hub broke off in the middle of ${file.path}.`, { passing: true });
  if (file.checksum && (await hashOf(target, file)) !== file.checksum.hex) {
    await rm(target);
    throw new HubError(`${file.path} came broken: its checksum is not the hub's.`, { passing: true });
  }
}

async function hashOf(path: string, { size, checksum }: HubFile): Promise<string> {
  const hash = createHash(checksum?.of === "sha256" ? "sha256" : "sha1");
  if (checksum?.of === "git") hash.update(`blob ${size}\0`);
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

async function refuseTooLarge(into: string, files: readonly HubFile[]): Promise<void> {
  let missing = 0;
  for (const { path, size } of files) missing += Math.max(0, size - (await sizeOf(join(into, path))));
  const { bavail, bsize } = await statfs(into);
  const free = bavail * bsize;
  if (missing <= free) return;
  const gigabytes = (count: number) => `${(count / 1e9).toFixed(1)} GB`;
  throw new HubError(`${gigabytes(missing)} of it are to come, and the disk has room for ${gigabytes(free)}.`);
}

async function refuseUnknown(repository: string, file: string): Promise<void> {
  try {
    parseArchitecture(JSON.parse(await readFile(file, "utf8")), `config.json of ${repository}`);
  } catch (error) {
    if (error instanceof ArchitectureError) throw new HubError(error.message, { cause: error });
    throw new HubError(`config.json of ${repository} is no JSON.`, { cause: error });
  }
}

function inWords(error: unknown, { hub, repository, revision }: Wanted): unknown {
  if (error instanceof HubError) return error;
  const host = URL.parse(hub)?.host ?? hub;
  if (error instanceof HubApiError) {
    const { statusCode: status } = error;
    if (status === 401 || status === 403) {
      const how = "where that is its owner's wish, set RANKLOOP_HUB_TOKEN to a token that may read it";
      return new HubError(`The hub at ${host} shows ${repository} to nobody it does not know, or has none: ${how}.`, {
        cause: error,
      });
    }
    if (status === 404)
      return new HubError(`The hub at ${host} has no ${repository} at ${revision}.`, { cause: error });
    return new HubError(`The hub at ${host} failed (${status}).`, {
      passing: status >= 500 || status === 429,
      cause: error,
    });
  }
  const { code } = (error instanceof Error && error.cause ? error.cause : error) as NodeJS.ErrnoException;
  if (code === "ENOSPC") return new HubError("The disk is full.", { cause: error });
  const isNetwork = error instanceof TypeError || /^(ECONN|UND_ERR|ENOTFOUND|EAI|ETIMEDOUT|EPIPE)/.test(code ?? "");
  if (isNetwork || typeof error === "string") {
    return new HubError(`The hub at ${host} cannot be reached, or broke off${code ? ` (${code})` : ""}.`, {
      passing: true,
      cause: error,
    });
  }
  return error;
}
