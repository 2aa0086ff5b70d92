// The door of a project: whoever is not in it finds nothing there, what is another project's is in none but that, and in
// an archived one nothing changes.
import { ORPCError } from "@orpc/server";
import { type Belonging, isElsewhere } from "../../db/queries/belongings.ts";
import type { Context, EnteredContext } from "../context.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { comparisonOf, promptOf } from "../vocabulary/labeling.ts";

export const noSuchCall = () => new ORPCError("NOT_FOUND", { message: "There is no such call." });

/** Calls by POST that change nothing, or that an archived project is there for. */
const always = new Set([
  "models.countTokens",
  "models.tryAddress",
  "project.clone",
  "project.archive",
  "project.remove",
  "guidelines.markRead",
  "imports.preview",
]);

export const isWrite = (path: readonly string[], method: string | undefined): boolean =>
  method === "POST" && !always.has(path.join("."));

/** @throws DomainError CONFLICT */
export function refuseArchived({ isArchived }: EnteredContext): void {
  if (!isArchived) return;
  throw new DomainError("CONFLICT", "This project is archived and can only be read: bring it back first.");
}

type Fields = Record<string, Belonging>;
const one = (of: Belonging): Fields => ({ id: of });

/** What each call names by an id: `lib/api/walk.test.ts` fails where one is missing. */
export const named: Record<string, Fields> = {
  "scenarios.retire": one("scenario"),
  "scenarios.restore": one("scenario"),
  "prompts.get": one("prompt"),
  "prompts.create": { scenarioId: "scenario" },
  "prompts.edit": { id: "prompt", scenarioId: "scenario" },
  "prompts.archive": one("prompt"),
  "prompts.remove": one("prompt"),
  "prompts.resample": one("prompt"),
  "imports.addRows": one("dataSource"),
  "imports.finish": one("dataSource"),
  "imports.remove": one("dataSource"),
  "demonstrations.create": { promptId: "prompt" },
  "demonstrations.revise": one("demonstration"),
  "demonstrations.review": one("demonstration"),
  "models.get": one("model"),
  "models.rename": one("model"),
  "models.remove": one("model"),
  "models.archive": one("model"),
  "models.fetchAgain": one("model"),
  "models.stopFetching": one("model"),
  "models.setBits": one("model"),
  "models.measureBits": one("model"),
  "models.changeAddress": one("model"),
  "models.tryAddress": one("model"),
  "models.countTokens": { modelId: "model" },
  "settings.update": { modelId: "model", rewardModelId: "model" },
  "trials.start": { modelId: "model" },
  "trials.watch": one("trial"),
  "trials.stop": one("trial"),
  "comparisons.create": { promptId: "prompt", modelId: "model" },
  "comparisons.get": one("comparison"),
  "comparisons.watch": one("comparison"),
  "comparisons.stop": one("comparison"),
  "comparisons.regenerate": one("candidate"),
  "comparisons.score": { id: "comparison", modelId: "model" },
  "assignments.next": { after: "assignment", comparisonId: "comparison" },
  "assignments.get": one("assignment"),
  "assignments.renew": one("assignment"),
  "assignments.release": one("assignment"),
  "assignments.skip": one("assignment"),
  "assignments.unskip": one("assignment"),
  "skips.handOut": one("comparison"),
  "rankings.submit": one("assignment"),
  "judge.review": one("ranking"),
  "tokens.revoke": one("token"),
  "training.get": one("run"),
  "training.start": { baseModelId: "model", rewardModelId: "model" },
  "training.watch": one("run"),
  "training.remove": one("run"),
  "training.stop": one("run"),
  "training.resume": one("run"),
};

/** As the verbs say it of what there is nowhere. */
const sentences: Record<Belonging, string> = {
  assignment: "There is no such assignment.",
  candidate: "There is no such answer.",
  comparison: "There is no such comparison.",
  dataSource: "There is no such data source.",
  demonstration: "There is no such demonstration.",
  model: "There is no such model.",
  prompt: "There is no such prompt.",
  ranking: "There is no such ranking.",
  run: "There is no such training run.",
  scenario: "There is no such use-case description.",
  token: "There is no such API token.",
  trial: "There is no such trial: it has made way for another.",
};

/**
 * Refuses a call that names what is another project's, as if it were not there.
 * @param call e.g. "prompts.get"
 * @param input as it was sent, not checked yet
 * @throws DomainError NOT_FOUND
 */
export async function refuseOthers(ctx: Context, call: string, input: unknown): Promise<void> {
  const sent = typeof input === "object" && input !== null ? (input as Record<string, unknown>) : {};
  const refuse = async (of: Belonging, id: unknown) => {
    if (typeof id === "string" && (await isElsewhere(ctx, of, id))) throw new DomainError("NOT_FOUND", sentences[of]);
  };
  for (const [field, of] of Object.entries(named[call] ?? {})) await refuse(of, sent[field]);
  if (!call.startsWith("drafts.") || typeof sent.subject !== "string") return;
  await refuse("comparison", comparisonOf(sent.subject));
  await refuse("prompt", promptOf(sent.subject));
}
