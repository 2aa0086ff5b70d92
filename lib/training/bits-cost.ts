// What fewer bits of a weight cost a model of the project, measured when somebody asks for it, and kept among its figures.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import * as changes from "../../db/queries/model-changes.ts";
import { listPrompts } from "../../db/queries/prompts.ts";
import type { BitsCost } from "../../models/gpt/bits-cost.ts";
import { allowed, type Context } from "../context.ts";
import type { Message } from "../vocabulary/conversation.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { refuse } from "./model-changes.ts";
import { modelDirectory, withoutPlaces } from "./model-directory.ts";
import { usableFiles } from "./models.ts";

export interface ToMeasure {
  directory: string;
  prompts: readonly (readonly Message[])[];
}

/** Measured is what fewer bits cost, or a sentence why that cannot be said. */
export type Measured = { cost: BitsCost } | { problem: string };

/** How many of the project's newest prompts the model answers. */
const promptsAnswered = 8;
/** Longest time for one model: of half a billion parameters it takes a minute. */
const mostMs = 15 * 60_000;

/** Settles when the last model is measured: each takes the memory of a model. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Measures what 8 and 4 bits cost a model, on its own answers to the project's newest prompts.
 * @param left aborts when nobody waits any more
 * @throws DomainError FORBIDDEN, NOT_FOUND, CONFLICT for a shipped model, BAD_REQUEST saying why it cannot be measured
 */
export async function measureBits(ctx: Context, { id }: { id: string }, left: AbortSignal): Promise<BitsCost> {
  const scope = allowed(ctx, "train", "measure models");
  const model = await usableFiles(ctx, id, "lm");
  if (model.origin === "shipped") refuse("shipped");
  const prompts = (await listPrompts(ctx, { limit: promptsAnswered })).map(({ messages }) => messages);
  const signal = AbortSignal.any([left, AbortSignal.timeout(mostMs)]);
  const next = last.then(() => measured({ directory: modelDirectory(model), prompts }, signal));
  last = next.catch(() => {});
  const found = await next;
  if ("problem" in found) throw new DomainError("BAD_REQUEST", withoutPlaces(found.problem));
  const outcome = await changes.noteBitsCost(scope, { id, cost: found.cost });
  return outcome === "done" ? found.cost : refuse("no model");
}

const stopped: Measured = { problem: "Its measuring was stopped: it took too long, or nobody waited for it." };

async function measured(task: ToMeasure, signal: AbortSignal): Promise<Measured> {
  if (signal.aborted) return stopped;
  const measuring = fork(fileURLToPath(new URL("bits-process.ts", import.meta.url)), {
    // What the launcher loads into its children is not for those of a child.
    execArgv: [],
    stdio: ["ignore", 2, 2, "ipc"],
  });
  const end = () => measuring.kill("SIGKILL");
  process.once("exit", end);
  measuring.on("error", () => {});
  try {
    measuring.send(task);
    return await Promise.race([
      once(measuring, "message", { signal }).then(([found]) => found as Measured),
      once(measuring, "exit", { signal }).then(() => ({
        problem: "Its measuring was ended, as where memory is short: close other programs, and try again.",
      })),
    ]);
  } catch (error) {
    if (signal.aborted) return stopped;
    throw error;
  } finally {
    process.off("exit", end);
    end();
  }
}
