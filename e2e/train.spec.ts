// The learning loop as an engineer goes through it, on the shipped model: fine-tune on demonstrations, train a reward model,
// practise by PPO, and let the policy answer.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { inTests } from "../db/database.fixture.ts";
import { getComparison } from "../db/queries/comparisons.ts";
import { claimJob, releaseJobs } from "../db/queries/jobs.ts";
import { getModel } from "../db/queries/models.ts";
import { getTrainingRun } from "../db/queries/training-runs.ts";
import { writeTrainingPhase, writeTrainingProgress } from "../db/queries/training-tasks.ts";
import { newTraining } from "../lib/training/shapes.ts";
import { expect, test } from "./fixtures.ts";
import { lastPart } from "./pages.ts";
import { childrenOf, standStill } from "./server.ts";
import { plain, promptText, rank, shippedModelId, startTraining, writeAndGenerate } from "./work.ts";

// Workers run when nobody else wants the processor: on a busy machine that may take a while.
const slow = { timeout: 300_000 };

/** Starts what the form is set to; resolves to the run when it is finished. */
async function started(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Start training" }).click();
  await expect(page.getByRole("heading", { name: "Started with" })).toBeVisible();
  await expect(page.getByRole("region", { name: "How it stands" })).toContainText("Finished", slow);
  return lastPart(page);
}

/** The form for one goal, with its name and some settings filled in; rare settings are folded. */
async function form(page: Page, goal: string, name: string, settings: Record<string, number>): Promise<void> {
  await page.goto("/train");
  await page.getByRole("radio", { name: goal, exact: true }).check();
  await page.getByText("More settings").click();
  await page.getByLabel("Name of the model").fill(name);
  for (const [label, value] of Object.entries(settings)) {
    await page.getByRole("spinbutton", { name: label, exact: true }).fill(String(value));
  }
}

test("from demonstrations to a policy whose answers wait to be ranked", async ({
  server,
  admin,
  person,
  pageOf,
  db,
}) => {
  test.setTimeout(1_200_000);
  const engineer = await person("engineer");
  const page = await pageOf(engineer);
  const shipped = await shippedModelId(admin);
  const shippedName = (await admin.api.models.list()).find(({ id }) => id === shipped)?.name ?? "";
  for (let i = 0; i < 6; i++) {
    await admin.api.prompts.create(plain(promptText(), "generation", "Once there was a fox who lived by the river."));
  }
  await writeAndGenerate(admin, 4, { k: 3, maxTokens: 12 });
  await rank(admin);

  let sft = "";
  await test.step("fine-tuning on the demonstrations", async () => {
    await form(page, "Fine-tuning (SFT)", "Fox writer", { Epochs: 2, "Demonstrations a step": 2 });
    sft = await started(page);
    await expect(page.getByRole("figure", { name: "Loss" })).toBeVisible();
    const run = await getTrainingRun(db, sft);
    expect(run).toMatchObject({ kind: "sft", state: "done", settings: { epochs: 2, batch: 2, dropout: 0.2 } });
    expect(run?.data).toMatchObject([{ dataset: "demonstrations", hash: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    await expect(page.getByText(run?.data[0]?.hash ?? "")).toBeVisible();
  });

  let reward = "";
  await test.step("a reward model that starts from it", async () => {
    // At least nine: other journeys leave comparisons of nine.
    await form(page, "Reward model", "Fox judge", { "Answers a step": 18 });
    await expect(page.getByLabel("Base model")).toHaveValue(sft);
    reward = await started(page);
    const standing = page.getByRole("region", { name: "How it stands" });
    await expect(standing).toContainText("Accuracy on held-out prompts");
    await expect(standing).toContainText(
      /To learn from: [\d,]+ pairs? of [\d,]+ prompts?.*; held out: [\d,]+ prompts?\./,
    );
  });

  let policy = "";
  await test.step("PPO-ptx for a few episodes", async () => {
    const tiny = { "Longest answer": 8, "Episodes of one policy": 4, "Answers to normalise on": 4 };
    await form(page, "PPO-ptx", "Fox player", { ...tiny, Episodes: 8, "Rows of text an episode": 1 });
    await expect(page.getByLabel("Base model")).toHaveValue(sft);
    await page.getByLabel("Reward model", { exact: true }).last().selectOption(reward);
    await page.getByRole("button", { name: "Start training" }).click();
    await expect(page.getByText("not made of whole minibatches")).toBeVisible();
    await page.getByRole("spinbutton", { name: "Episodes an update" }).fill("4");
    policy = await started(page);
    for (const title of ["Score and reward", "KL to the base model", "Loss on texts"]) {
      await expect(page.getByRole("figure", { name: title })).toBeVisible();
    }
    const run = await getTrainingRun(db, policy);
    expect(run).toMatchObject({ baseModelId: sft, rewardModelId: reward, steps: 2 });
    expect(run?.data.map(({ dataset }) => dataset)).toEqual(["prompts", "texts"]);
  });

  await test.step("its page tells where it comes from, and the shipped model's what came of it", async () => {
    await page.getByRole("link", { name: "To the finished model" }).click();
    const lineage = page.getByRole("list", { name: "Lineage" });
    await expect(lineage.getByText(/^PPO-ptx on \d+ prompts/)).toBeVisible();
    await expect(lineage.getByText("Base model Fox writer", { exact: true })).toBeVisible();
    await expect(lineage.getByText(`Base model ${shippedName}`, { exact: true })).toBeVisible();
    await expect(lineage.getByText("Reward model Fox judge")).toBeVisible();
    await expect(lineage.getByText("Base model Fox writer, as above")).toBeVisible();
    await expect(page.getByRole("row", { name: /^KL on held-out prompts .*nats of an answer/ })).toBeVisible();
    await lineage.getByRole("link", { name: shippedName }).click();
    await expect(page.getByRole("heading", { name: shippedName })).toBeVisible();
    await expect(page.getByRole("link", { name: "Fox writer" })).toBeVisible();
  });

  let answers = "";
  await test.step("the policy answers a prompt", async () => {
    const prompt = await admin.api.prompts.create(plain(promptText()));
    const writer = await pageOf(admin);
    await writer.goto(`/prompts/${prompt.id}`);
    await writer.getByLabel("Model", { exact: true }).selectOption(policy);
    await writer.getByLabel("Answers (K)").selectOption("2");
    await writer.getByRole("spinbutton", { name: "Maximum tokens" }).fill("8");
    await writer.getByRole("button", { name: "Generate 2 answers" }).click();
    await expect(writer.getByRole("list", { name: "Answers" }).getByText("Done")).toHaveCount(2, slow);
    answers = lastPart(writer);
    const comparison = await getComparison(db, answers);
    expect(comparison?.candidates.map(({ modelName }) => modelName)).toEqual(["Fox player", "Fox player"]);
  });

  await test.step("two runs of a kind on one plot", async () => {
    const asked = {
      kind: "sft",
      name: "Slow writer",
      baseModelId: shipped,
      settings: { epochs: 1, learningRate: 1e-6 },
    };
    const { id } = await engineer.api.training.start(newTraining.parse(asked));
    for await (const { run } of await engineer.api.training.watch({ id })) if (run.state === "done") break;
    await page.goto(`/train/${sft}`);
    await page.getByLabel("Compare with").selectOption(id);
    const figure = page.getByRole("figure", { name: "Loss", exact: true });
    await figure.getByText("Loss as a table").click();
    for (const name of ["Fox writer", "Slow writer"]) {
      await expect(figure.getByRole("columnheader", { name: `Loss · ${name}`, exact: true })).toBeVisible();
    }
    // Only runs of its kind are offered.
    await expect(page.getByLabel("Compare with")).not.toContainText("Fox judge");
  });

  await test.step("it gets another name, and is deleted: what goes with it, and what stays, is said first", async () => {
    await page.goto(`/models/${policy}`);
    await page.getByRole("button", { name: "Rename …" }).click();
    const renaming = page.getByRole("dialog", { name: "Another name for this model" });
    await renaming.getByRole("textbox", { name: "Name" }).fill("fox WRITER");
    await renaming.getByRole("button", { name: "Rename" }).click();
    await expect(renaming.getByText("There is a model or a run of this name already: choose another.")).toHaveCount(1);
    await renaming.getByRole("textbox", { name: "Name" }).fill("Fox at play");
    await renaming.getByRole("button", { name: "Rename" }).click();
    await expect(page.getByRole("heading", { name: "Fox at play", exact: true })).toBeVisible();
    const { directory = "" } = (await getModel(inTests(db), policy)) ?? {};
    const file = join(server.data, "models", directory, "model.safetensors");
    expect(existsSync(file)).toBe(true);
    await page.getByRole("button", { name: "Delete …" }).click();
    const deleting = page.getByRole("dialog", { name: "Delete Fox at play for good?" });
    await expect(deleting).toContainText(
      "Its files go: nothing new can be made with it. What stays, under its name: 2 answers it wrote.",
    );
    await deleting.getByRole("button", { name: "Delete the model" }).click();
    await page.waitForURL(/\/models$/);
    await expect(page.getByText("Fox writer").first()).toBeVisible();
    await expect(page.getByText("Fox at play")).toHaveCount(0);
    expect(existsSync(file)).toBe(false);
    expect((await getComparison(db, answers))?.candidates.map(({ modelName }) => modelName)).toEqual([
      "Fox at play",
      "Fox at play",
    ]);

    // A run of which the model stays, and is used.
    await page.goto(`/train/${reward}`);
    await page.getByRole("button", { name: "Delete …" }).click();
    const ending = page.getByRole("dialog", { name: "Delete Fox judge for good?" });
    await expect(ending).toContainText(
      "Its curves, its settings and the files with its data go. The model it made stays, and can no longer say what it learned from.",
    );
    await ending.getByRole("button", { name: "Delete the run" }).click();
    await page.waitForURL(/\/train$/);
    expect((await admin.api.models.list()).map(({ name }) => name)).toContain("Fox judge");
    await page.goto(`/train/${reward}`);
    await expect(page.getByRole("heading", { name: "There is no such training run" })).toBeVisible();
  });
});

test("a run is stopped and goes on; one that cannot says why and what to do", async ({ admin, pageOf, db }) => {
  test.setTimeout(1_200_000);
  const page = await pageOf(admin);
  await writeAndGenerate(admin, 2, { k: 3, maxTokens: 8 });
  await rank(admin);
  // As many answers as one prompt has at most: every prompt fits.
  await form(page, "DPO", "Long run", { Epochs: 100, "Answers a step": 9 });
  await page.getByRole("button", { name: "Start training" }).click();
  const standing = page.getByRole("region", { name: "How it stands" });
  await expect(standing).toContainText("Step ", slow);
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(standing).toContainText("Stopped");
  const id = lastPart(page);
  const at = (await getTrainingRun(db, id))?.step ?? 0;
  await page.getByRole("button", { name: "Resume" }).click();
  await expect.poll(async () => (await getTrainingRun(db, id))?.step, slow).toBeGreaterThan(at);
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(standing).toContainText("Stopped");

  // No prompt is that short.
  const judge = await startTraining(admin, {}, "Judge");
  for await (const { run } of await admin.api.training.watch({ id: judge })) if (run.state === "done") break;
  await form(page, "PPO", "Left out", { "Longest prompt": 1 });
  await page.getByRole("button", { name: "Start training" }).click();
  await expect(standing).toContainText("Failed", slow);
  await expect(standing).toContainText("prompts.jsonl has no prompt of at most 1 tokens");
  await expect(standing.getByRole("link", { name: "start a new run" })).toBeVisible();
});

test("a run says what it does between two steps; its first figure is a dot, on an axis without a number twice", async ({
  server,
  admin,
  pageOf,
  db,
}) => {
  await writeAndGenerate(admin, 1, { k: 2, maxTokens: 4 });
  await rank(admin);
  const asked = { kind: "reward", name: "Step by step", baseModelId: await shippedModelId(admin), settings: {} };
  // What the worker does is done here, so that the moment to look at is as long as the looking.
  const worker = childrenOf(server).training!;
  standStill(server.file, worker);
  const claim = { kinds: ["train" as const], workerId: "looked at", leaseMs: 600_000 };
  try {
    const { id } = await admin.api.training.start(newTraining.parse(asked));
    const job = await claimJob(db, claim);
    const held = { id: job?.id ?? "", workerId: claim.workerId };
    const page = await pageOf(admin);
    await page.addInitScript(notePlots);
    await page.goto(`/train/${id}`);
    const standing = page.getByRole("region", { name: "How it stands" });
    await writeTrainingPhase(db, held, { runId: id, phase: "sampling 256 answers" });
    await expect(standing).toContainText("Training · sampling 256 answers");

    const figure = page.getByRole("figure", { name: "Loss", exact: true });
    await expect(figure).toContainText("The first figures come with the first step.");
    const step = (step: number, loss: number) =>
      writeTrainingProgress(db, held, { runId: id, step, steps: 20, secondsLeft: 60, metrics: { loss } });
    await step(1, 0.50012);
    await writeTrainingPhase(db, held, { runId: id, phase: "learning from 256 answers" });
    await expect(standing).toContainText(/Step 1 of 20 · about .* left · learning from 256 answers/);
    const plot = figure.locator("canvas");
    await expect.poll(() => plot.evaluate(inked)).toBeGreaterThan(9);
    await expect.poll(() => plot.evaluate(axisNumbers)).toContain("0.5");
    await step(2, 0.50018);
    await expect(standing).toContainText("Step 2 of 20");
    const numbers = () => plot.evaluate(axisNumbers);
    await expect
      .poll(async () => (await numbers()).filter((text) => text.startsWith("0.500")).length)
      .toBeGreaterThan(2);
    expect((await numbers()).toSorted()).toEqual([...new Set(await numbers())].toSorted());
    await admin.api.training.stop({ id });
    await releaseJobs(db, { workers: claim.workerId, now: Date.now() });
    await expect(standing).toContainText("Stopped");
  } finally {
    process.kill(worker, "SIGCONT");
  }
});

/** In the page: each canvas remembers what was last written on it. */
function notePlots(): void {
  const { prototype } = CanvasRenderingContext2D;
  const { fillText, clearRect } = prototype;
  prototype.clearRect = function (...area) {
    this.canvas.dataset.written = "";
    clearRect.apply(this, area);
  };
  prototype.fillText = function (text, ...place) {
    this.canvas.dataset.written = `${this.canvas.dataset.written ?? ""}${text}\n`;
    fillText.call(this, text, ...place);
  };
}

const axisNumbers = (canvas: HTMLCanvasElement): string[] => canvas.dataset.written?.split("\n").filter(Boolean) ?? [];

/** How many pixels of a plot have the colour of its first curve. */
function inked(canvas: HTMLCanvasElement): number {
  const sample = new OffscreenCanvas(1, 1).getContext("2d")!;
  sample.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--accent");
  sample.fillRect(0, 0, 1, 1);
  const wanted = sample.getImageData(0, 0, 1, 1).data;
  const all = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height).data;
  let count = 0;
  for (let at = 0; at < all.length; at += 4) {
    if ([0, 1, 2, 3].every((i) => Math.abs(all[at + i]! - wanted[i]!) < 9)) count++;
  }
  return count;
}

test("what a labeler may not see says so", async ({ person, pageOf }) => {
  const page = await pageOf(await person("labeler"));
  for (const path of ["/train", "/train/nothing", "/models/nothing"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { name: /is not part of your role$/ })).toBeVisible();
  }
});

test("a model that is not there says so", async ({ admin, pageOf }) => {
  const page = await pageOf(admin);
  await page.goto("/models/nothing");
  await expect(page.getByRole("heading", { name: "There is no such model" })).toBeVisible();
});
