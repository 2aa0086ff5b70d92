// The reward model beside people: unseen while they rank, then held against their rankings, and choosing what comes next.
import { disagreementsOf, runSql } from "../db/database.fixture.ts";
import { expect, test } from "./fixtures.ts";
import { answersTo } from "./rank-answers.ts";
import { rank, startTraining, writeAndGenerate } from "./work.ts";

test("a reward model judges what people have ranked, and chooses what they rank next", async ({
  admin,
  person,
  pageOf,
  db,
}) => {
  const [annotator, reviewer] = [await person("annotator"), await person("reviewer")];
  await rank(admin);
  await writeAndGenerate(admin, 3, { k: 3, maxTokens: 8 });
  // Whoever puts these in an order is in disagreement with any model.
  await answersTo(db, admin, "Tell me about the fox.", ["No.", "No.", "No."]);
  await rank(annotator);
  // Two that are the same: on these no heads can disagree. They are the oldest.
  const answers = [
    ["The fox ate.", "The fox ate."],
    ["The fox ate one crab and slept by the sea.", "No."],
    ["Two boats.", "Once there was a fox who lived by the river. He was kind to everyone he met."],
  ];
  const waiting: string[] = [];
  for (const texts of answers) waiting.push(await answersTo(db, admin, "Tell me about the fox by the sea.", texts));
  const run = await startTraining(admin, {}, "Owl judge");
  for await (const { run: now } of await admin.api.training.watch({ id: run })) if (now.state === "done") break;
  // It judges nothing until somebody chooses it.
  expect(await admin.api.judge.status()).toMatchObject({ model: null, scored: 0 });
  const lead = await pageOf(admin);
  await lead.goto(`/train/${run}`);
  await lead.getByRole("button", { name: "Use it as the judge" }).click();
  await expect(lead.getByText("It is the project’s judge.")).toBeVisible();
  const { comparisons } = await admin.api.judge.status();
  await expect.poll(async () => (await admin.api.judge.status()).scored).toBe(comparisons);

  // Of so few comparisons chance decides how many of the held-out pairs are in its order: both cases are put in.
  const measured = async (share: number, low: number, high: number) => {
    const figures = { "": share, _low: low, _high: high };
    const rows = Object.entries(figures).map(([end, value]) => `('${run}', 'eval/accuracy${end}', ${value})`);
    await runSql(db, `delete from model_metric where model_id = '${run}' and name like 'eval/%'`);
    await runSql(db, `insert into model_metric (model_id, name, value) values ${rows.join()}`);
  };
  const why = "It orders 12.5 % of held-out pairs as people did (95 % interval 0 % to 47.1 %): a coin may be as good.";

  await test.step("labelers see its order under their own only if it is surely better than a coin, and leads why not", async () => {
    const [page, leads] = [await pageOf(annotator), await pageOf(reviewer)];
    const own = page.getByRole("list", { name: "Your rankings" }).locator("> li");
    const unseen = leads.getByText("Labelers do not see what Owl judge thinks.");
    await measured(0.125, 0, 0.471);
    await page.goto("/submitted");
    await expect(own).toHaveCount(4);
    await expect(own.first()).not.toContainText("Owl judge");
    await leads.goto("/disagreements");
    await expect(unseen).toHaveText(`Labelers do not see what Owl judge thinks. ${why}`);
    await measured(0.8, 0.6, 0.9);
    await page.goto("/submitted");
    await expect(own.first()).toContainText("Owl judge");
    await leads.goto("/disagreements");
    await expect(leads.getByText(`of ${comparisons} comparisons`)).toBeVisible();
    await expect(unseen).toHaveCount(0);
    for (const id of waiting) {
      const { candidates } = await annotator.api.comparisons.get({ id });
      expect(candidates.flatMap(({ scores }) => scores)).toEqual([]);
    }
  });

  await test.step("a reviewer looks at what it disagrees with, and asks the labeler about it", async () => {
    const page = await pageOf(reviewer);
    await page.goto("/disagreements");
    const first = page
      .getByRole("list", { name: "To be looked at" })
      .getByRole("listitem", { name: annotator.name })
      .first();
    await first.getByRole("button", { name: "Ask to look again" }).click();
    await first.getByLabel("What to look at again").fill("Is the last one not better?");
    await first.getByRole("button", { name: "Ask the labeler" }).click();
    await page.getByText("Looked at", { exact: true }).click();
    await expect(page.getByRole("list", { name: "Looked at", exact: true })).toContainText(
      "Is the last one not better?",
    );

    const theirs = await pageOf(annotator);
    await theirs.goto("/");
    await expect(theirs.getByText("A reviewer asks you to look at 1 ranking again.")).toBeVisible();
    await theirs.goto("/submitted");
    await expect(theirs.getByText("Is the last one not better?")).toBeVisible();
  });

  await test.step("by the project's setting the next one is where its heads disagree most", async () => {
    const page = await pageOf(reviewer);
    await page.goto("/settings");
    await page.getByRole("radio", { name: /heads disagree most/ }).check();
    await expect(page.getByText(`Owl judge has read the answers of ${comparisons} of ${comparisons}`)).toBeVisible();
    const disagreements = await disagreementsOf(db);
    const [most] = waiting.toSorted((a, b) => (disagreements.get(b) ?? 0) - (disagreements.get(a) ?? 0));
    expect(most).not.toBe(waiting[0]);
    const next = await annotator.api.assignments.next();
    expect(next?.comparisonId).toBe(most);
    await reviewer.api.settings.update({ promptOrder: "written" });
    await rank(annotator);
  });
});
