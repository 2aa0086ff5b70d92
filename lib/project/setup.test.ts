import { expect, test } from "vitest";
import { temporaryDatabase } from "../../db/database.fixture.ts";
import { generationTask } from "../../db/queries/candidates.ts";
import { claimJob } from "../../db/queries/jobs.ts";
import { worldPrompts } from "../../models/world/prompts.ts";
import { fits } from "../training/count-tokens.ts";
import { registerShippedModels } from "../training/models.ts";
import { messagesOf, promptText } from "../vocabulary/conversation.ts";
import { writeTinyModel } from "../worker/tiny-model.fixture.ts";
import { seedPractice } from "./practice.ts";
import { setUp } from "./setup.ts";

const account = { username: "ada", name: "Ada", password: "correct horse" };

test("a fresh installation has a prompt of each use case answered that the model has room for", async () => {
  const { db, directory, remove } = await temporaryDatabase({ project: false });
  const before = process.env.RANKLOOP_DATA;
  process.env.RANKLOOP_DATA = directory;
  await seedPractice(db, worldPrompts);
  await writeTinyModel(`${directory}/shipped/tiny-lm`, "lm");
  process.env.RANKLOOP_MODELS = `${directory}/shipped`;
  await registerShippedModels(db);
  const request = { actorId: "", key: "k", fingerprint: "f" };
  const admin = await setUp({ db, actor: null, request }, account);
  expect(admin).toMatchObject({ username: "ada", isAdmin: true });
  // Sent again, because its answer was lost: the same account, and no more answers.
  expect(await setUp({ db, actor: null, request }, account)).toEqual(admin);
  await expect(setUp({ db, actor: null }, account)).rejects.toThrow("set up already");

  const asked: string[] = [];
  for (;;) {
    const job = await claimJob(db, { kinds: ["generate"], workerId: "test", leaseMs: 60_000 });
    if (!job) break;
    const task = await generationTask(db, job.subjectId);
    expect(task?.candidates).toHaveLength(4);
    asked.push(promptText(task!.prompt));
  }
  const useCases = asked.map((text) => worldPrompts.find((prompt) => prompt.text === text)?.useCase);
  // Of some use cases all prompts are too long for a model as small as this.
  const model = { name: "tiny-lm", context: 128, origin: "shipped", directory: "tiny-lm" } as const;
  const answerable = new Set<string>();
  for (const { text, messages = messagesOf(text), useCase } of worldPrompts) {
    if (await fits(model, messages)) answerable.add(useCase);
  }
  expect(answerable.size).toBeGreaterThan(3);
  expect(useCases.sort()).toEqual([...answerable].sort());
  delete process.env.RANKLOOP_MODELS;
  process.env.RANKLOOP_DATA = before;
  if (before === undefined) delete process.env.RANKLOOP_DATA;
  remove();
});

test("without a model the account is made all the same", async () => {
  const { db, remove } = await temporaryDatabase({ project: false });
  await seedPractice(db, worldPrompts);
  expect(await setUp({ db, actor: null }, account)).toMatchObject({ username: "ada" });
  expect(await claimJob(db, { kinds: ["generate"], workerId: "test", leaseMs: 60_000 })).toBeNull();
  await expect(setUp({ db, actor: null }, { ...account, username: "bob" })).rejects.toThrow("set up already");
  remove();
});
