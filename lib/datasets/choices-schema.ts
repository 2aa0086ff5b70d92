// The choices of an export and its counts, as schemas.
import * as z from "zod";
import { answerFlagNames, guardKinds, promptFlagNames, splits, useCases } from "../vocabulary/labeling.ts";
import { fileKinds, outFormatNames, outSets, tieChoices, whichRankings } from "./choices.ts";

const flag = z.enum([...answerFlagNames, ...promptFlagNames]);
/** Yes or no, as it stands in an address or in JSON. */
const yes = z.union([z.boolean(), z.stringbool()]);
const moment = z.coerce.number().int();

export const choices = z.object({
  dataset: z.enum(outSets),
  /** Absent: the set's first. */
  format: z.enum(outFormatNames).optional(),
  file: z.enum(fileKinds).default("jsonl"),
  gzip: yes.default(false),
  split: z.enum(["all", ...splits]).default("all"),
  useCase: z.enum(useCases).optional(),
  /** User names, with commas between them. */
  labelers: z.string().max(2_000).optional(),
  /** Made at this moment or later, and before the second; Unix ms. */
  from: moment.optional(),
  until: moment.optional(),
  /** The name of a model that wrote one of the answers. */
  model: z.string().max(200).optional(),
  flag: flag.optional(),
  withoutFlag: flag.optional(),
  withoutGuard: z.enum(guardKinds).optional(),
  rankings: z.enum(whichRankings).default("all"),
  ties: z.enum(tieChoices).default("drop"),
  /** White space around answers is left out; absent: in formats with turns. */
  trim: yes.optional(),
  /** Tokens that people typed are broken up by a space. */
  mask: yes.default(false),
  /** Labelers are called by a name that says nothing of them, and is always the same. */
  pseudonyms: yes.default(false),
});
/** A Tally counts what an export read, wrote, changed and left out. */
export const tally = z.object({
  /** Rankings, demonstrations, prompts, ratings or skips that match. */
  read: z.int(),
  /** Rankings of the same answers, or of the same prompt, of which one is left. */
  merged: z.int(),
  /** Pairs of the rankings that go out: strict + tied = Σ C(K,2). */
  strict: z.int(),
  tied: z.int(),
  /** Lines that tied pairs became. */
  tiedLines: z.int(),
  /** Lines of pairs that say the same twice, which are left out. */
  equal: z.int(),
  /** Lines that the format cannot say, which are left out. */
  refused: z.int(),
  lines: z.int(),
  /** Lines with an answer that had white space around it. */
  trimmed: z.int(),
  /** Lines with a conversation that became one text. */
  flattened: z.int(),
  /** Lines with tokens that people typed, and which. */
  typed: z.int(),
  tokens: z.array(z.string()),
});
