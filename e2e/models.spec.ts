// Models of one's own: an admin adds one at the address of another Rankloop, one from a folder and one from a hub, has them
// answer, and takes them off the list again. And several models that answer one prompt, beside a person.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { serveHub } from "../models/hub/hub.fixture.ts";
import { expect, test } from "./fixtures.ts";
import { inspect, settled } from "./looking.ts";
import { draftSaved } from "./pages.ts";
import { createAdmin, createPerson } from "./people.ts";
import { plain, promptText, shippedModelId, submission } from "./work.ts";

const practice = join(import.meta.dirname, "..", "models", "zoo", "practice");

test("models at an address, from a folder and from a hub, from adding to deleting", async ({
  admin,
  server,
  launch,
  browser,
}) => {
  test.setTimeout(900_000);
  const files = readdirSync(practice).map((name) => [name, readFileSync(join(practice, name))] as const);
  const hub = await serveHub("owner/otter", Object.fromEntries(files));
  const { address } = await launch(undefined, undefined, {
    RANKLOOP_PRIVATE_ADDRESSES: "1",
    RANKLOOP_HUB: hub.address,
  });
  const own = await createAdmin(address);
  const context = await browser.newContext({ baseURL: address });
  await context.addCookies(own.cookies.map((cookie) => ({ ...cookie, url: address })));
  const page = await context.newPage();
  const { token, id: tokenId } = await admin.api.tokens.create({ name: "Another Rankloop" });
  const shipped = await shippedModelId(admin);
  const { name: served } = (await admin.api.models.list()).find(({ id }) => id === shipped)!;

  await test.step("at an address: tried, corrected, added", async () => {
    await page.goto("/models");
    await page.getByRole("link", { name: "Add a model" }).click();
    await expect(page.getByRole("heading", { name: "Add a model" })).toBeVisible();
    await page.getByLabel("Name", { exact: true }).fill("The other Rankloop");
    await page.getByRole("button", { name: "Add the model" }).click();
    await expect(page.getByText("The address is empty: write one.")).toBeVisible();
    await expect(page.getByLabel("Address", { exact: true })).toBeFocused();
    await page.getByLabel("Address", { exact: true }).fill(`${server.address}/v1`);
    await page.getByLabel("The server’s name for the model").fill(served);
    await page.getByRole("button", { name: "Try it" }).click();
    await expect(
      page.getByText(`The server at ${new URL(server.address).host} wants another key (401).`),
    ).toBeVisible();
    await page.getByLabel("Key", { exact: true }).selectOption("written");
    await page.getByLabel("The key", { exact: true }).fill(token);
    await page.getByRole("button", { name: "Try it" }).click();
    await expect(page.getByRole("region", { name: "What it said" })).toContainText(served);
    await page.getByText("Price, limits and further fields").click();
    await page.getByLabel("Price of a million tokens of prompt").fill("0");
    await page.getByLabel("Price of a million tokens of answer").fill("0.5");
    await settled(page);
    await inspect(page, "add-a-model");
    await page.getByRole("button", { name: "Add the model" }).click();
    await expect(page.getByRole("heading", { name: "The other Rankloop" })).toBeVisible();
    await expect(page.getByText("kept sealed")).toBeVisible();
    await settled(page);
    expect(await page.content()).not.toContain(token);
    await inspect(page, "model-at-an-address");
  });

  await test.step("it answers, and the project counts what it cost", async () => {
    const { id: promptId } = await own.api.prompts.create(plain(promptText()));
    await page.goto(`/prompts/${promptId}`);
    await page.getByLabel("Model", { exact: true }).selectOption({ label: "The other Rankloop · at an address" });
    await page.getByLabel("Answers (K)").selectOption("2");
    await page.getByLabel("Maximum tokens").fill("12");
    await page.getByRole("button", { name: "Generate 2 answers" }).click();
    await expect(page.getByText(/2 of 2 answers done/)).toBeAttached();
    const id = new URL(page.url()).pathname.split("/").at(-1)!;
    const assignment = await own.api.assignments.next({ comparisonId: id });
    const ratings = ["A", "B"].map((label) => ({ label, likert: 4, flags: [], note: "", spentMs: 0 }));
    const submission = { notation: "A=B", ratings, promptFlags: [], guards: [] };
    await own.api.rankings.submit({ id: assignment!.id, ...submission });
    const { candidates } = await own.api.comparisons.get({ id });
    for (const { call, modelName } of candidates) {
      expect(modelName).toBe("The other Rankloop");
      expect(call).toMatchObject({
        url: `${server.address}/v1/chat/completions`,
        sent: { model: served, max_tokens: 12 },
      });
      expect(call?.cost).toBeGreaterThan(0);
      expect(JSON.stringify(call)).not.toContain(token);
    }
    await page.reload();
    await page.getByText("What the server was sent").first().click();
    await expect(page.getByText(`"max_tokens": 12`).first()).toBeVisible();
    await settled(page);
    await inspect(page, "answers-of-a-server");
  });

  await test.step("from a folder, in fewer bits", async () => {
    await page.goto("/models/new");
    await page.getByLabel("In a folder", { exact: true }).check();
    await page.getByLabel("Name", { exact: true }).fill("From a folder");
    await page.getByLabel("Folder", { exact: true }).fill("/nowhere/at/all");
    await page.getByRole("button", { name: "Add the model" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "/nowhere/at/all" })).toBeVisible();
    await page.getByLabel("Folder", { exact: true }).fill(practice);
    await page.getByRole("button", { name: "Add the model" }).click();
    await expect(page.getByRole("heading", { name: "From a folder" })).toBeVisible();
    await page.getByLabel("Weights in memory while it answers").selectOption("8");
    const id = new URL(page.url()).pathname.split("/").at(-1)!;
    await expect.poll(async () => (await own.api.models.get({ id })).bits).toBe(8);
    await page.getByRole("button", { name: "Measure what fewer bits cost" }).click();
    await expect(page.getByRole("option", { name: /^4 bits: .*, \d[\d.e-]* nats a token worse$/ })).toBeAttached();
    await expect(page.getByRole("button", { name: "Measure it again" })).toBeVisible();
    await settled(page);
    await inspect(page, "model-bits-measured");
    const { id: promptId } = await own.api.prompts.create(plain(promptText()));
    const made = await own.api.comparisons.create({ promptId, modelId: id, k: 2, maxTokens: 8 });
    await expect.poll(async () => (await own.api.comparisons.get({ id: made.id })).state).toBe("ready");
  });

  await test.step("from a hub, fetched in the background", async () => {
    await page.goto("/models/new");
    await page.getByLabel("On a hub", { exact: true }).check();
    await page.getByLabel("Name", { exact: true }).fill("From a hub");
    await page.getByLabel("Its name on the hub").fill("owner/otter");
    await page.getByRole("button", { name: "Fetch the model" }).click();
    await expect(page.getByRole("heading", { name: "From a hub" })).toBeVisible();
    await expect(page.getByText("From owner/otter@c0ffee000000")).toBeVisible();
    await expect(page.getByText(/tokens of context/)).toBeVisible();
  });

  await test.step("archived, brought back, renamed, deleted with what depends on it said first", async () => {
    await page.getByRole("button", { name: "Archive" }).click();
    await expect(page.getByText("· archived")).toBeVisible();
    await page.goto("/models");
    await expect(page.getByRole("article", { name: "From a hub" })).toBeHidden();
    await page.getByText("1 archived model").click();
    await settled(page);
    await inspect(page, "models-of-ones-own");
    await page.getByRole("link", { name: "From a hub" }).click();
    await page.getByRole("button", { name: "Bring back" }).click();
    await expect(page.getByRole("button", { name: "Archive" })).toBeVisible();
    await page.goto("/models");
    await page.getByRole("link", { name: "The other Rankloop" }).click();
    await page.getByRole("button", { name: "Delete …" }).click();
    await expect(page.getByRole("dialog")).toContainText("What stays, under its name: 2 answers it wrote.");
    await page.getByRole("button", { name: "Delete the model" }).click();
    await expect(page.getByRole("heading", { name: "Models" })).toBeVisible();
    await expect(page.getByRole("article", { name: "The other Rankloop" })).toHaveCount(0);
  });

  await test.step("for others there is no way to add one", async () => {
    const engineer = await createPerson(address, own, "engineer");
    await context.clearCookies();
    await context.addCookies(engineer.cookies.map((cookie) => ({ ...cookie, url: address })));
    await page.goto("/models");
    await expect(page.getByText("An admin of the installation adds others")).toBeVisible();
    await expect(page.getByRole("link", { name: "Add a model" })).toHaveCount(0);
    await page.goto("/models/new");
    await expect(page.getByRole("heading", { name: "Only admins of the installation add models" })).toBeVisible();
    await inspect(page, "add-a-model-not-for-you");
  });
  await context.close();
  hub.close();
  await admin.api.tokens.revoke({ id: tokenId });
});

test("one set of answers from two models and a person: asked for, ranked blind, and then told apart", async ({
  admin,
  person,
  pageOf,
}) => {
  test.setTimeout(300_000);
  const lead = await person("reviewer");
  const { id: promptId } = await lead.api.prompts.create(plain(promptText()));
  const { id: demonstrationId } = await admin.api.demonstrations.create({ promptId, text: "A fox went home." });
  await lead.api.demonstrations.review({ id: demonstrationId, rating: 7, comment: "", returned: false });
  const page = await pageOf(lead);
  const models = (await lead.api.models.list()).filter(({ kind, problem }) => kind === "lm" && problem === null);
  const [first, second] = models as [(typeof models)[0], (typeof models)[0]];

  await test.step("a lead has several models answer in this project", async () => {
    await page.goto("/settings");
    await page.getByRole("button", { name: "Have several models answer" }).click();
    await expect(page.getByRole("group", { name: "Model 2" }).getByLabel("Answers")).toHaveValue("2");
    await page.getByRole("group", { name: "Model 2" }).getByLabel("Temperature").fill("1.2");
    await page.getByRole("button", { name: "Save who answers" }).click();
    await expect(page.getByText("Saved.")).toBeVisible();
    expect((await lead.api.settings.get()).sources).toMatchObject([
      { count: 2, temperature: 0.7 },
      { count: 2, temperature: 1.2 },
    ]);
    await settled(page);
    await inspect(page, "settings-several-models");
  });

  await test.step("a person's answers stand beside theirs; the same text twice is refused", async () => {
    await page.goto(`/prompts/${promptId}`);
    await expect(page.getByRole("group", { name: "Model 2" }).getByLabel("Temperature")).toHaveValue("1.2");
    await page.getByRole("group", { name: "Model 1" }).getByLabel("Model", { exact: true }).selectOption(first.id);
    await page.getByRole("group", { name: "Model 2" }).getByLabel("Model", { exact: true }).selectOption(second.id);
    await page.getByLabel("Maximum tokens").fill("12");
    await page.getByRole("button", { name: "Write an answer yourself" }).click();
    await page.getByLabel("Whose answer").selectOption(demonstrationId);
    await page.getByRole("button", { name: "Write an answer yourself" }).click();
    await page.getByLabel("Your answer 2").fill(" A fox went home. ");
    // Kept as it is typed, also over a reload.
    await draftSaved(lead, "A fox went home.", `answers:${promptId}`);
    await page.reload();
    await expect(page.getByLabel("Your answer 2")).toHaveValue(" A fox went home. ");
    await page.getByRole("group", { name: "Model 1" }).getByLabel("Model", { exact: true }).selectOption(first.id);
    await page.getByRole("group", { name: "Model 2" }).getByLabel("Model", { exact: true }).selectOption(second.id);
    await page.getByLabel("Maximum tokens").fill("12");
    await page.getByRole("button", { name: "Generate 6 answers" }).click();
    await expect(
      page.getByText("Two of the written answers are the same text, word for word: leave one out."),
    ).toBeVisible();
    await settled(page);
    await inspect(page, "generate-from-several");
    await page.getByRole("button", { name: "Remove your answer 2" }).click();
    await page.getByRole("button", { name: "Generate 5 answers" }).click();
    await expect(page.getByRole("heading", { name: "5 answers" })).toBeVisible();
    await expect.poll(() => lead.api.drafts.get({ subject: `answers:${promptId}` })).toBeNull();
  });

  const id = new URL(page.url()).pathname.split("/").at(-1)!;
  await test.step("nobody sees who wrote which before they have ranked them", async () => {
    await expect(page.getByText(/5 of 5 answers done/)).toBeAttached();
    await expect(page.getByText("Who wrote it, and how")).toHaveCount(5);
    for (const told of [first.name, second.name, "tokens", "Temperature"])
      await expect(page.getByRole("list", { name: "Answers" })).not.toContainText(told);
    const blind = await lead.api.comparisons.get({ id });
    expect(blind.candidates.map(({ modelName, author, tokens }) => modelName ?? author ?? tokens)).toEqual(
      Array(5).fill(null),
    );
    await settled(page);
    await inspect(page, "several-blind");
  });

  await test.step("once ranked each answer names its model, or the person", async () => {
    const assignment = await lead.api.assignments.next({ comparisonId: id });
    await lead.api.rankings.submit({ id: assignment!.id, ...submission(assignment!, "A=B=C=D=E") });
    await page.reload();
    await expect(page.getByText("Written by")).toHaveCount(1);
    const { candidates } = await lead.api.comparisons.get({ id });
    const wrote = candidates.map(({ modelName, author, temperature }) => [modelName ?? author, temperature].join());
    expect(wrote.toSorted()).toEqual(
      [
        `${first.name},0.7`,
        `${first.name},0.7`,
        `${second.name},1.2`,
        `${second.name},1.2`,
        `${admin.username},`,
      ].toSorted(),
    );
    await settled(page);
    await inspect(page, "several-told");
  });

  await test.step("answers that stay the same, as at temperature 0, are marked", async () => {
    await page.goto(`/prompts/${promptId}`);
    await page.getByRole("button", { name: "Remove model 2" }).click();
    await page.getByLabel("Answers (K)").selectOption("2");
    await page.getByLabel("Temperature").fill("0");
    await page.getByLabel("Maximum tokens").fill("12");
    await page.getByRole("button", { name: "Generate 2 answers" }).click();
    await expect(page.getByText(/2 of 2 answers done/)).toBeAttached();
    await expect(page.getByRole("listitem", { name: "Answer A" })).toContainText("Same text as B");
    await expect(page.getByRole("listitem", { name: "Answer B" })).toContainText("Same text as A");
    await settled(page);
    await inspect(page, "several-the-same");
  });

  await test.step("and the answering model writes them alone again", async () => {
    await page.goto("/settings");
    await page.getByRole("button", { name: "The answering model alone" }).click();
    await expect.poll(async () => (await lead.api.settings.get()).sources).toBeNull();
    await page.goto(`/prompts/${promptId}`);
    await expect(page.getByLabel("Answers (K)")).toHaveValue("4");
    await settled(page);
    await inspect(page, "generate-from-one");
  });
});
