// Streaming answers: tokens of a model become rows in the database, at a pace that a person can read.

import { setImmediate as letOthersRun } from "node:timers/promises";
import type { Database } from "../../db/client.ts";
import type { PlacedModel, WriteOutcome } from "../../db/queries/candidates.ts";
import { ServerError } from "../../models/address/connection.ts";
import { AddressRefused } from "../../models/address/safe-address.ts";
import {
  type AnswerDelta,
  GenerateError,
  type GenerateOptions,
  type Generator,
  GptGenerator,
} from "../../models/gpt/generate.ts";
import { EndlessTokenizerError, PromptError } from "../../models/gpt/tokenizer.ts";
import { addressGenerator } from "../training/addresses.ts";
import { DeletedError, type Held, heldOf, LastUsed, refuseDeleted } from "./last-used.ts";
import { Halt, type JobContext } from "./loop.ts";

/** Text is written at most this often: a person cannot read faster, and every write wakes the watchers. */
const writeEveryMs = 60;

/**
 * Errors that another try would meet again: a prompt too long, settings out of range, a tokenizer that never ends; and those
 * of a server, which was asked several times already.
 */
export const hopeless = [GenerateError, PromptError, EndlessTokenizerError, ServerError, AddressRefused, DeletedError];

/** The generators of one worker process: the last model stays loaded for the next job, be it candidates or a trial. */
export class Generators {
  readonly #db: Database;
  readonly #here = new LastUsed(({ directory, bits }: Held) => GptGenerator.load(directory, { bits }));

  constructor(db: Database) {
    this.#db = db;
  }

  /** Is this model loaded? One that was deleted or is at an address is not. */
  keeps(model: PlacedModel): boolean {
    return model.address === null && model.deletedAt === null && this.#here.keeps(heldOf(model));
  }

  /**
   * Has a model answer, wherever it is. One here that throws is unloaded, unless it was halted.
   * @throws DeletedError, or whatever the body or the generator throws
   */
  async use<R>(model: PlacedModel, body: (generator: Generator) => Promise<R>): Promise<R> {
    const { address } = model;
    if (address) {
      refuseDeleted(model);
      return body(addressGenerator(this.#db, { ...model, address }));
    }
    const held = heldOf(model);
    try {
      return await this.#here.use(held, body);
    } catch (error) {
      // Who stops an answer leaves the model as it is.
      if (!(error instanceof Halt)) await this.#here.forget(held);
      throw error;
    }
  }
}

/**
 * Generates, and hands on the newest state of the answers that changed: soon after the first token, then every 60 ms or
 * so, at once when one ends or fails, and once more when it is halted in the middle.
 * @throws the halt's reason, or what the generator throws
 */
export async function streamAnswers(
  generator: Generator,
  options: Omit<GenerateOptions, "signal">,
  context: JobContext,
  write: (changed: AnswerDelta[]) => Promise<WriteOutcome>,
): Promise<void> {
  const unwritten = new Map<number, AnswerDelta>();
  let writtenAt = Number.NEGATIVE_INFINITY;
  const flush = async () => {
    if (unwritten.size === 0) return;
    const changed = [...unwritten.values()];
    unwritten.clear();
    writtenAt = performance.now();
    context.stopIfAsked(await write(changed));
  };
  try {
    for await (const deltas of generator.generate({ ...options, signal: context.signal })) {
      for (const delta of deltas) unwritten.set(delta.index, delta);
      // What failed may say nothing more for a while.
      const ended = deltas.some((delta) => delta.finish !== null || delta.failure);
      if (ended || performance.now() - writtenAt >= writeEveryMs) await flush();
      await letOthersRun();
      context.signal.throwIfAborted();
    }
  } finally {
    // Stopped by a person: they keep what came so far.
    await flush();
  }
}
