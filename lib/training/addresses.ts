// Models at an address: adding one, asking it in another way, trying it, and what it is asked with. Only admins of the
// installation add them: an address has this machine call where it leads to.

import type * as z from "zod";
import type { Database } from "../../db/client.ts";
import type { AddressRow, PlacedModel } from "../../db/queries/candidates.ts";
import * as changes from "../../db/queries/model-changes.ts";
import { type ServerAddress, ServerError } from "../../models/address/connection.ts";
import { AddressGenerator, type AddressModel } from "../../models/address/generator.ts";
import { AddressRefused, baseUrl } from "../../models/address/safe-address.ts";
import { type AddressJudge, AddressScorer } from "../../models/address/scorer.ts";
import { type ActorScope, administering, type Context, signedIn } from "../context.ts";
import { seal, unseal } from "../secret.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import type { AddressSettings, shownAddress, triedAddress } from "../vocabulary/shapes.ts";
import { refuse } from "./model-changes.ts";

/** May addresses of this machine and of private networks be called? */
export const allowsPrivate = (): boolean => process.env.RANKLOOP_PRIVATE_ADDRESSES === "1";

export const isLanguageModel = ({ asks }: Pick<AddressSettings, "asks">): boolean =>
  asks === "chat" || asks === "completion";

/** A key is sealed for its model and its server: whoever changes the address has to write it again. */
const sealedFor = (id: string, url: string): string => `key of model ${id} for ${new URL(url).origin}`;

function mayAdd(ctx: Context): ActorScope {
  const scope = signedIn(ctx);
  administering(ctx, "add models and say how they are asked");
  return scope;
}

/**
 * Adds a model at an address to the project. Nothing is called: `tryAddress` does that.
 * @throws DomainError FORBIDDEN, CONFLICT for a name that is taken, BAD_REQUEST for an address that may not be called
 */
export async function addAddress(
  ctx: Context,
  { name, ...asked }: AddressSettings & { name: string },
): Promise<{ id: string }> {
  const scope = mayAdd(ctx);
  const checked = checkedSettings(asked);
  if (asked.key.kind === "kept") throw keyMissing();
  const made = await changes.insertAddressModel(scope, {
    name,
    kind: isLanguageModel(asked) ? "lm" : "reward",
    context: asked.context,
    settings: (id) => ({ ...checked, ...storedKey(ctx.db, id, checked.baseUrl, asked.key) }),
  });
  return made === "taken" ? refuse("taken") : made;
}

/**
 * Asks it in another way from now on; a kept key stays where the address is the same server's.
 * @throws DomainError as `addAddress`, NOT_FOUND where there is no such model at an address
 */
export async function changeAddress(
  ctx: Context,
  { id, ...asked }: AddressSettings & { id: string },
): Promise<{ ok: true }> {
  const scope = mayAdd(ctx);
  const checked = checkedSettings(asked);
  const outcome = await changes.changeAddress(scope, {
    id,
    context: asked.context,
    settings: (before) => {
      if (isLanguageModel(before) !== isLanguageModel(asked)) return "other kind";
      if (asked.key.kind !== "kept") return { ...checked, ...storedKey(ctx.db, id, checked.baseUrl, asked.key) };
      const { sealedKey, keyVariable } = before;
      const isSame = sealedKey === null || new URL(before.baseUrl).origin === new URL(checked.baseUrl).origin;
      return isSame ? { ...checked, sealedKey, keyVariable } : "no key";
    },
  });
  if (outcome === "no key") throw keyMissing();
  if (outcome === "other kind") {
    throw new DomainError("BAD_REQUEST", "A language model stays one, and a reward model too: add another model.", {
      field: "asks",
    });
  }
  return outcome === "done" ? { ok: true } : refuse("no model");
}

const keyMissing = () =>
  new DomainError("BAD_REQUEST", "The key that is kept is for another server: write it again.", { field: "apiKey" });

/** The settings as they are stored, but for the key. @throws DomainError BAD_REQUEST in one sentence */
function checkedSettings(asked: AddressSettings): Omit<changes.AddressSettings, "sealedKey" | "keyVariable"> {
  const { baseUrl: url, serverModel, asks, severalPerCall, extra, price, parallel, timeLimitS, template } = asked;
  const settings = {
    baseUrl: refusedInWords(() => baseUrl(url, allowsPrivate()), "baseUrl"),
    serverModel,
    asks,
    severalPerCall,
    extra: JSON.stringify(extra),
    promptPrice: price?.prompt ?? null,
    answerPrice: price?.answer ?? null,
    parallel,
    timeLimitMs: 1_000 * timeLimitS,
    template: isLanguageModel(asked) ? null : template,
  };
  if (isLanguageModel(asked) && serverModel === "") {
    throw new DomainError("BAD_REQUEST", "Write what the server calls its model.", { field: "serverModel" });
  }
  const row = { ...settings, modelId: "", sealedKey: null, keyVariable: null };
  refusedInWords(() => loadAddress(row, undefined), isLanguageModel(asked) ? "extra" : "template");
  return settings;
}

function refusedInWords<T>(body: () => T, field: string): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof AddressRefused || error instanceof ServerError)) throw error;
    throw new DomainError("BAD_REQUEST", error.message, { field, cause: error });
  }
}

function storedKey(db: Database, id: string, url: string, key: AddressSettings["key"]) {
  const sealedKey = key.kind === "written" ? seal(db.directory, key.apiKey, sealedFor(id, url)) : null;
  return { sealedKey, keyVariable: key.kind === "variable" ? key.variable : null };
}

/** How a model is asked, as people may see it. */
export function addressShown(row: AddressRow): z.infer<typeof shownAddress> {
  const { baseUrl, serverModel, asks, severalPerCall, parallel, template, sealedKey, keyVariable } = row;
  return {
    baseUrl,
    serverModel,
    asks,
    severalPerCall,
    extra: JSON.parse(row.extra),
    price:
      row.promptPrice === null && row.answerPrice === null
        ? null
        : { prompt: row.promptPrice, answer: row.answerPrice },
    parallel,
    timeLimitS: row.timeLimitMs / 1_000,
    template,
    key:
      keyVariable !== null
        ? { kind: "variable", variable: keyVariable }
        : { kind: sealedKey === null ? "none" : "kept" },
  };
}

/** The key of a server. @throws ServerError where it is not where it should be */
function keyOf(db: Database, { modelId, baseUrl, sealedKey, keyVariable }: AddressRow): string | undefined {
  if (keyVariable !== null) {
    const key = process.env[keyVariable];
    if (key) return key;
    throw new ServerError(
      `Its key should be in the environment variable ${keyVariable}, and there is none: set it and start Rankloop again.`,
    );
  }
  if (sealedKey === null) return undefined;
  const key = unseal(db.directory, sealedKey, sealedFor(modelId, baseUrl));
  if (key !== null) return key;
  throw new ServerError("Its key was sealed in another data folder and cannot be read here: write it again.");
}

type Loaded = { answers: AddressGenerator } | { scores: AddressScorer };

function loadAddress(row: AddressRow, key: string | undefined): Loaded {
  const { asks, serverModel: model, severalPerCall, template } = row;
  const server: ServerAddress = {
    baseUrl: row.baseUrl,
    key,
    timeLimitMs: row.timeLimitMs,
    parallel: row.parallel,
    allowInner: allowsPrivate(),
  };
  if (asks === "classify" || asks === "get_reward") {
    const judge: AddressJudge = { ...server, asks, model, ...(template !== null && { text: template }) };
    return { scores: new AddressScorer(judge) };
  }
  const { price } = addressShown(row);
  const asked: AddressModel = { ...server, asks, model, severalPerCall, extra: JSON.parse(row.extra) };
  return { answers: new AddressGenerator(price ? { ...asked, price } : asked) };
}

/** Why a model at an address cannot be asked just now, as far as that is known without asking; null when it can. */
export function addressProblem(db: Database, row: AddressRow): string | null {
  try {
    loadAddress(row, keyOf(db, row));
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What writes answers at an address. @throws ServerError, AddressRefused */
export function addressGenerator(
  db: Database,
  { name, address }: PlacedModel & { address: AddressRow },
): AddressGenerator {
  const loaded = loadAddress(address, keyOf(db, address));
  if ("answers" in loaded) return loaded.answers;
  throw new ServerError(`${name} is a reward model, which gives scores and no answers.`);
}

/** What scores answers at an address. @throws ServerError, AddressRefused */
export function addressScorer(db: Database, { name, address }: PlacedModel & { address: AddressRow }): AddressScorer {
  const loaded = loadAddress(address, keyOf(db, address));
  if ("scores" in loaded) return loaded.scores;
  throw new ServerError(`${name} is a language model, which gives answers and no scores.`);
}

/** Longest time for one try: somebody waits for it. */
const longestTryMs = 60_000;
const question = "What is the capital of France? Answer in one word.";

/**
 * Asks a model once, as the settings say that are being written; nothing is kept. A failure is told in the answer.
 * @param input.id of the model that has the key, where that one is to be used
 * @throws DomainError FORBIDDEN, or BAD_REQUEST for settings that cannot be right
 */
export async function tryAddress(
  ctx: Context,
  { id, ...asked }: AddressSettings & { id?: string },
  signal: AbortSignal,
): Promise<z.infer<typeof triedAddress>> {
  mayAdd(ctx);
  const settings = checkedSettings(asked);
  const before = id === undefined ? null : await changes.addressOf(ctx, id);
  if (asked.key.kind === "kept" && !before) throw keyMissing();
  const isSame = before && new URL(before.baseUrl).origin === new URL(settings.baseUrl).origin;
  if (asked.key.kind === "kept" && before?.sealedKey && !isSame) throw keyMissing();
  const silent = { problem: null, text: null, score: null, serverModel: null, tokens: null };
  const limit = AbortSignal.timeout(longestTryMs);
  try {
    const key =
      asked.key.kind === "written"
        ? asked.key.apiKey
        : asked.key.kind === "kept" && before
          ? keyOf(ctx.db, before)
          : keyOf(ctx.db, {
              ...settings,
              modelId: "",
              sealedKey: null,
              keyVariable: asked.key.kind === "variable" ? asked.key.variable : null,
            });
    const loaded = loadAddress({ ...settings, modelId: "", sealedKey: null, keyVariable: null }, key);
    const until = AbortSignal.any([signal, limit]);
    if ("scores" in loaded) {
      const [score] = await loaded.scores.score([{ prompt: question, answer: "Paris." }], until);
      return { ...silent, score: score ?? null };
    }
    const options = { prompt: question, temperature: 0.7, topP: 1, maxTokens: 32, seeds: [1], signal: until };
    let told: z.infer<typeof triedAddress> = silent;
    for await (const [delta] of loaded.answers.generate(options)) {
      if (!delta) continue;
      const { text, origin } = delta;
      told = { ...silent, text, serverModel: origin?.model ?? null, tokens: origin?.tokens ?? null };
    }
    return told;
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) return { ...silent, problem: `The server gave no answer within ${longestTryMs / 1_000} s.` };
    return { ...silent, problem: error instanceof Error ? error.message : String(error) };
  }
}
