// A release: an export that is kept, with a data card and a manifest that says how it was made, so that it can be made again byte
// for byte from a database which has gone on since; or, where it cannot, why.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { InProject } from "../../db/change.ts";
import { type Watermark, watermarkNow } from "../../db/queries/exports.ts";
import { hashFile } from "../../models/train/run-state.ts";
import software from "../../package.json" with { type: "json" };
import { writeBytes } from "../worker/write-lines.ts";
import type { Asked, Tally } from "./choices.ts";
import { choices, tally } from "./choices-schema.ts";
import { exportRows, noTally, type Plan, planOf } from "./export.ts";
import { fileName, outFile } from "./out-file.ts";
import { dataCard, readFor } from "./release-card.ts";

const file = z.object({
  name: z.string().regex(/^[\w.-]+$/),
  bytes: z.int(),
  sha256: z.string(),
});

/** @property schema the version of this form */
export const manifest = z.object({
  schema: z.literal(1),
  name: z.string().min(1),
  project: z.string(),
  software: z.string(),
  /** Unix ms. */
  createdAt: z.int(),
  watermark: z.object({ ranking: z.int(), demonstration: z.int(), review: z.int(), prompt: z.int() }),
  choices,
  counts: tally,
  /** The data, then its card. */
  files: z.tuple([file, file]),
});
export type Manifest = z.infer<typeof manifest>;

const cardName = "README.md";
export const manifestName = "release.json";

/** Data as of then. */
const asOf = (asked: Asked, at: Watermark, moment: number): Plan => {
  const plan = planOf(asked);
  return { ...plan, range: { ...plan.range, at, asOf: moment } };
};

/** Counts and hashes what passes through. */
async function* hashed(bytes: AsyncIterable<Uint8Array>, found: z.infer<typeof file>): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  for await (const chunk of bytes) {
    hash.update(chunk);
    found.bytes += chunk.length;
    yield chunk;
  }
  found.sha256 = hash.digest("hex");
}

/** Makes the two files of a release. @param take what becomes of the bytes of each */
async function make(
  of: InProject,
  name: string,
  plan: Plan,
  take: (name: string, bytes: AsyncIterable<Uint8Array>) => Promise<void>,
  signal?: AbortSignal,
): Promise<{ counts: Tally; files: Manifest["files"] }> {
  const counts = noTally();
  const data = { name: fileName(plan), bytes: 0, sha256: "" };
  await take(data.name, hashed(outFile(plan, exportRows(of, plan, counts)), data));
  const card = { name: cardName, bytes: 0, sha256: "" };
  await take(card.name, hashed(once(await dataCard(of, name, plan, counts, signal)), card));
  return { counts, files: [data, card] };
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/**
 * Writes a release into a folder; the manifest comes last, so that a folder with one is whole.
 * @throws DomainError as planOf
 */
export async function createRelease(
  of: InProject,
  { name, asked, folder, now }: { name: string; asked: Asked; folder: string; now: number },
  signal?: AbortSignal,
): Promise<Manifest> {
  const watermark = await watermarkNow(of.db);
  const plan = asOf(asked, watermark, now);
  const made = await make(of, name, plan, (one, bytes) => writeBytes(join(folder, one), bytes, signal), signal);
  const said: Manifest = {
    schema: 1,
    name,
    project: of.project,
    software: software.version,
    createdAt: now,
    watermark,
    choices: plan.choices,
    ...made,
  };
  await writeBytes(join(folder, manifestName), once(`${JSON.stringify(said, null, 2)}\n`), signal);
  return said;
}

/** @throws Error of the file system, SyntaxError, ZodError where the folder holds no release */
export const readManifest = async (folder: string): Promise<Manifest> =>
  manifest.parse(JSON.parse(await readFile(join(folder, manifestName), "utf8")));

/**
 * Makes a release again, without writing it.
 * @returns a sentence for each thing that is not as it was: none where the files and what is made again are the same bytes
 */
export async function verifyRelease(
  { db, project }: InProject,
  folder: string,
  said: Manifest,
  signal?: AbortSignal,
): Promise<string[]> {
  const sentences: string[] = [];
  for (const { name, sha256 } of said.files) {
    const found = await hashFile(join(folder, name)).catch(() => null);
    if (found === null) sentences.push(`${name} is not there any more.`);
    else if (found !== sha256) sentences.push(`${name} was changed after the release was made.`);
  }
  const plan = asOf(said.choices, said.watermark, said.createdAt);
  const { counts, files } = await make(
    { db, project },
    said.name,
    plan,
    async (_, bytes) => {
      for await (const _chunk of bytes) signal?.throwIfAborted();
    },
    signal,
  );
  if (files.some(({ sha256 }, at) => sha256 !== said.files[at]?.sha256)) sentences.push(whyNot(said, counts));
  return sentences;
}

/** Why a release cannot be made again. */
function whyNot({ counts, choices: { dataset }, software: madeBy }: Manifest, now: Tally): string {
  const what = readFor(dataset);
  const cannot = "The release cannot be made again from this database:";
  if (now.read < counts.read) {
    return `${cannot} ${counts.read - now.read} of its ${counts.read} ${what} are gone, or do not match its choices any more.`;
  }
  if (now.read > counts.read) {
    return `${cannot} ${now.read - counts.read} ${what} match its choices now that did not then.`;
  }
  if (madeBy !== software.version) {
    return `${cannot} version ${madeBy} made it, this is version ${software.version}, or names were changed since.`;
  }
  return `${cannot} as many ${what} match its choices as then, but not all are the same, or a name, a use case, a split or a text in them was changed since.`;
}
