// Who may call what: every verb of the router, for every role and for nobody.
import { afterAll, beforeAll, expect, test } from "vitest";
import * as assignments from "./assignments/assignments.ts";
import * as generate from "./comparisons/generate.ts";
import { scoreComparison } from "./comparisons/score.ts";
import { viewComparison, watchComparison } from "./comparisons/view.ts";
import type { Context } from "./context.ts";
import { exportLines } from "./datasets/export.ts";
import { previewExport } from "./datasets/preview.ts";
import { createDemonstration } from "./demonstrations/demonstrations.ts";
import { DomainError } from "./domain-error.ts";
import { listModels } from "./models/models.ts";
import * as people from "./people/accounts.ts";
import { overview } from "./progress/overview.ts";
import * as prompts from "./prompts/prompts.ts";
import { submitRanking } from "./rankings/submit.ts";
import { type Installation, plain, settings, temporaryInstallation } from "./temporary.ts";
import * as training from "./training/training.ts";

let installation: Installation;
beforeAll(async () => {
  installation = await temporaryInstallation();
});
afterAll(() => installation.remove());

const id = "nothing";
const all = { dataset: "comparisons", split: "all" } as const;
const reward = { learningRate: 1e-4, epochs: 1, rows: 18, weightDecay: 0, seed: 1 };
const account = { username: "new", name: "New", password: "long enough", role: "labeler" } as const;

/** Verb → the roles that may not call it. */
const verbs: [string, (ctx: Context) => Promise<unknown>, ("labeler" | "reviewer")[]][] = [
  ["list people", people.listPeople, ["labeler", "reviewer"]],
  ["add a person", (ctx) => people.addPerson(ctx, account), ["labeler", "reviewer"]],
  ["overview", overview, []],
  ["list prompts", (ctx) => prompts.listPrompts(ctx, { limit: 1 }), []],
  ["get a prompt", (ctx) => prompts.getPrompt(ctx, { id }), []],
  ["write a prompt", (ctx) => prompts.createPrompt(ctx, plain("Hi")), []],
  ["write a demonstration", (ctx) => createDemonstration(ctx, { promptId: id, text: "Hi" }), []],
  ["list models", listModels, []],
  ["generate", (ctx) => generate.createComparison(ctx, { ...settings, promptId: id, k: 2 }), []],
  ["view a comparison", (ctx) => viewComparison(ctx, { id }), []],
  ["watch a comparison", (ctx) => watchComparison(ctx, { id }), []],
  ["stop a generation", (ctx) => generate.stopComparison(ctx, { id }), []],
  ["regenerate", (ctx) => generate.regenerateCandidate(ctx, { id }), []],
  ["score", (ctx) => scoreComparison(ctx, { id, modelId: id }), ["labeler"]],
  ["next assignment", assignments.nextAssignment, []],
  ["renew", (ctx) => assignments.renewAssignment(ctx, { id }), []],
  ["release", (ctx) => assignments.releaseAssignment(ctx, { id }), []],
  ["skip", (ctx) => assignments.skipAssignment(ctx, { id, reason: "unclear" }), []],
  ["rank", (ctx) => submitRanking(ctx, { id, notation: "A>B" }), []],
  ["preview an export", (ctx) => previewExport(ctx, all), ["labeler"]],
  ["export", (ctx) => exportLines(ctx, all), ["labeler"]],
  ["list runs", training.listTrainingRuns, ["labeler"]],
  ["get a run", (ctx) => training.getTrainingRun(ctx, { id }), ["labeler"]],
  ["train", (ctx) => training.startTraining(ctx, { name: "a", baseModelId: id, settings: reward }), ["labeler"]],
  ["watch a run", (ctx) => training.watchTraining(ctx, { id }), ["labeler"]],
  ["stop a run", (ctx) => training.stopTraining(ctx, { id }), ["labeler"]],
  ["resume a run", (ctx) => training.resumeTraining(ctx, { id }), ["labeler"]],
];

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => "OK",
    (error) => (error instanceof DomainError ? error.code : String(error)),
  );

test.each(verbs)("%s", async (_, verb, refused) => {
  const { as } = installation;
  expect(await codeOf(verb(as.nobody))).toBe("UNAUTHORIZED");
  for (const role of ["labeler", "reviewer", "admin"] as const) {
    const code = await codeOf(verb(as[role]));
    if (refused.some((one) => one === role)) expect(code).toBe("FORBIDDEN");
    // Whatever else is wrong with "nothing", the role is not.
    else expect(["OK", "NOT_FOUND", "CONFLICT"]).toContain(code);
  }
});

test("a refusal names who may, in one sentence", async () => {
  await expect(exportLines(installation.as.labeler, all)).rejects.toThrow("Only admins and reviewers may export data.");
  await expect(people.listPeople(installation.as.reviewer)).rejects.toThrow("Only admins may see the list of people.");
});
