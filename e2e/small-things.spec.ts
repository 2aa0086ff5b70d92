// What stumbled in a day's labeling: each line of the screens on which it is said, and what the next key does.
import type { Locator, Page } from "@playwright/test";
import { addComparison, addPrompt, contentsOf } from "../db/database.fixture.ts";
import { newTraining } from "../lib/training/shapes.ts";
import { expect, test } from "./fixtures.ts";
import { openWrite, promptField } from "./pages.ts";
import type { Person } from "./people.ts";
import { answersTo, rankOnly, shortAnswers, storedTiers } from "./rank-answers.ts";
import { cardOf, notation, openRanking } from "./rank-page.ts";
import { rank, shippedModelId, writeAndGenerate } from "./work.ts";

const said = (page: Page, what: string | RegExp) => page.getByRole("status").filter({ hasText: what });

/** Next's own announcer is an alert, too. */
const warned = (page: Page, what: string) => page.getByRole("alert").filter({ hasText: what });

const idOf = async (person: Person): Promise<string> => (await person.api.accounts.me())?.id ?? "";

async function skipAs(person: Person, comparisonId: string, reason: "sensitive" | "broken"): Promise<void> {
  const held = await person.api.assignments.next({ comparisonId });
  await person.api.assignments.skip({ id: held?.id ?? "", reason });
}

/** A key as a browser tells of it while a text is composed: Chromium's way, then Safari's. */
async function pressComposing(page: Page, key: string): Promise<void> {
  await page.evaluate((key) => {
    for (const how of [{ isComposing: true }, { keyCode: 229 }]) {
      const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...how });
      document.activeElement?.dispatchEvent(event);
    }
  }, key);
}

test("a skip is taken back, with all that was rated", async ({ admin, person, pageOf, db }) => {
  const id = await answersTo(db, admin, "Which of these would you keep?", shortAnswers(3));
  const page = await pageOf(await person("annotator"));
  await openRanking(page, id);
  for (const key of ["5", "h", "Enter", "2", "Enter", "7", "Enter", "3", "1"]) await page.keyboard.press(key);
  await expect(notation(page)).toHaveValue("B>A");
  await expect(page.getByText("Draft saved")).toBeVisible();
  await page.getByRole("button", { name: "Skip this prompt" }).click();
  await page.getByRole("button", { name: "Unclear what is asked" }).click();
  await expect(said(page, "Skipped: it will not be shown to you again.")).toBeVisible();
  await page.getByRole("button", { name: "Undo the skip" }).click();
  await expect(notation(page)).toHaveValue("B>A");
  await expect(cardOf(page, "A")).toContainText("Hallucination");
  await notation(page).fill("B>A>C");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await expect(said(page, "Submitted B>A>C")).toBeVisible();
});

test("what two have skipped is on a list of leads, with the reasons, and is handed out again from there", async ({
  admin,
  person,
  pageOf,
  db,
}) => {
  const [one, two, reviewer] = [await person("annotator"), await person("annotator"), await person("reviewer")];
  const text = `What would you not answer, number ${process.pid}?`;
  const id = await answersTo(db, admin, text, shortAnswers(2));
  const page = await pageOf(reviewer);
  await page.goto("/skipped");
  await expect(page.getByRole("heading", { name: "Skipped", exact: true })).toBeVisible();
  await skipAs(one, id, "sensitive");
  await skipAs(two, id, "broken");
  await page.goto("/");
  await expect(page.getByText("1 prompt was skipped and is handed out no more.")).toBeVisible();
  await page.getByRole("link", { name: "See why" }).click();
  await page.goto(`/comparisons/${id}`);
  const aside = page.getByRole("region", { name: "Set aside" });
  await expect(aside).toContainText("It was skipped, and is handed out no more; see Skipped.");
  await expect(aside.getByRole("listitem")).toHaveText([
    new RegExp(`^Too sensitive${one.name}, `),
    new RegExp(`^Broken text or answers${two.name}, `),
  ]);
  await expect(page.getByText("Waiting to be ranked")).toHaveCount(0);
  await aside.getByRole("link", { name: "Skipped" }).click();
  const row = page.getByRole("list", { name: "Handed out no more" }).getByRole("listitem").filter({ hasText: text });
  await expect(row.getByRole("list", { name: "Why" }).getByRole("listitem")).toHaveText([
    new RegExp(`^Too sensitive${one.name}, `),
    new RegExp(`^Broken text or answers${two.name}, `),
  ]);
  await row.getByRole("button", { name: "Hand out again" }).click();
  await expect(row).toHaveCount(0);
  const again = await one.api.assignments.next({ comparisonId: id });
  expect(again?.comparisonId).toBe(id);
  await one.api.assignments.release({ id: again?.id ?? "" });
});

test("one sentence for all that is not there, asked for once", async ({ admin, pageOf }) => {
  const page = await pageOf(admin);
  for (const [path, what] of [
    ["/comparisons/nothing", "comparison"],
    ["/prompts/nothing", "prompt"],
    ["/train/nothing", "training run"],
    ["/models/nothing", "model"],
  ] as const) {
    let refused = 0;
    const count = (answer: { status: () => number }) => {
      if (answer.status() === 404) refused++;
    };
    page.on("response", count);
    await page.goto(path);
    await expect(page.getByRole("heading", { name: `There is no such ${what}` })).toBeVisible();
    await expect(page.getByRole("link", { name: /^To the / })).toBeVisible();
    page.off("response", count);
    expect(refused, path).toBe(1);
  }
});

test("keys of a composition stay the input method's, and Enter goes on from wherever one was", async ({
  admin,
  person,
  pageOf,
  db,
}) => {
  const id = await answersTo(db, admin, "Which one?", shortAnswers(2));
  const page = await pageOf(await person("annotator"));
  await openRanking(page, id);
  await page.keyboard.press("n");
  const note = page.getByRole("textbox", { name: "Note (optional)" });
  await expect(note).toBeFocused();
  await page.keyboard.type("にほ");
  for (const key of ["Escape", "Enter", "5"]) await pressComposing(page, key);
  await expect(note).toBeFocused();
  await page.keyboard.type("h5");
  await expect(note).toHaveValue("にほh5");
  await page.keyboard.press("Escape");
  await expect(cardOf(page, "A")).toBeFocused();
  await expect(page.getByRole("checkbox", { name: "Hallucination" })).not.toBeChecked();

  // Esc from Skip: the answer has the keys again.
  await page.keyboard.press("4");
  await page.getByRole("button", { name: "Skip this prompt" }).click();
  await page.keyboard.press("Escape");
  await expect(cardOf(page, "A")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(cardOf(page, "B")).toBeFocused();
  await expect(page.getByRole("button", { name: "Unclear what is asked" })).toBeHidden();

  // The last one without a rating: said where it is to be given.
  await page.getByRole("button", { name: "Next answer" }).click();
  await expect(warned(page, "Rate B first: 1 is worst, 7 is best.")).toBeVisible();
  await page.getByRole("radio", { name: "6 of 7" }).check();
  await expect(page.getByText("Rate B first")).toHaveCount(0);
  await page.getByRole("button", { name: "Rank all of them" }).click();
  await expect(notation(page)).toBeVisible();
});

test.describe("on the board alone", () => {
  test.beforeAll(({ admin }) => rankOnly(admin, true));
  test.afterAll(({ admin }) => rankOnly(admin, false));

  test("the notation begins with N and ends with Enter, Enter", async ({ admin, person, pageOf, db }) => {
    const id = await answersTo(db, admin, "In which order?", shortAnswers(3));
    const page = await pageOf(await person("annotator"));
    await openRanking(page, id);
    await expect(page.locator("#notation-problem")).toHaveText(
      "Best first, like B>A=C: > is better than, = is a tie. Enter goes on.",
    );
    await page.keyboard.press("n");
    await expect(notation(page)).toBeFocused();
    await page.keyboard.type("c>a");
    await page.keyboard.press("Enter");
    await expect(page.locator("#notation-problem")).toHaveText("B is missing.");
    await page.keyboard.type("=b");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("button", { name: "Submit ranking" })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(said(page, "Submitted C>A=B")).toBeVisible();
    expect(await storedTiers(db, id)).toEqual([[2], [0, 1]]);
  });

  test("one text twice is marked, and tied at a key", async ({ admin, person, pageOf, db }) => {
    const id = await answersTo(db, admin, "Twice?", ["Yes.", "No.", "Yes."]);
    const page = await pageOf(await person("annotator"));
    await openRanking(page, id);
    await expect(cardOf(page, "A")).toContainText("Same text as C");
    await expect(cardOf(page, "C")).toContainText("Same text as A");
    await expect(cardOf(page, "B")).not.toContainText("Same text");
    await page.keyboard.press("2");
    await cardOf(page, "C").focus();
    await page.keyboard.press("t");
    await expect(notation(page)).toHaveValue("A=C");
    await expect(cardOf(page, "B")).toBeFocused();
    await page.keyboard.press("1");
    await expect(notation(page)).toHaveValue("B>A=C");
  });

  test("what others are ranking is said in place of nothing", async ({ admin, person, pageOf, db }) => {
    const [busy, idle] = [await person("annotator"), await person("annotator")];
    // What other journeys have left, answers they did not wait for among them.
    const isOpen = ({ kind, state }: Record<string, unknown>) =>
      kind === "generate" && (state === "waiting" || state === "running");
    await expect.poll(async () => (await contentsOf(db)).job?.some(isOpen) ?? false, { timeout: 240_000 }).toBe(false);
    await rank(admin);
    const id = await answersTo(db, admin, "Held?", shortAnswers(2));
    const held = await busy.api.assignments.next({ comparisonId: id });
    // Also what somebody of an earlier journey has begun and left.
    const { waitingForMe, rankedByOthers: others } = await idle.api.progress.overview();
    expect([waitingForMe, others > 0]).toEqual([0, true]);
    const page = await pageOf(idle);
    await page.goto("/rank");
    const is = others === 1 ? "1 is being ranked by others" : `${others} are being ranked by others`;
    await expect(said(page, `No prompt is free: ${is}, and turn`)).toBeVisible();
    await expect(page.getByText("Nothing waits")).toHaveCount(0);
    await page.goto("/");
    await expect(page.getByText("being ranked by others just now, none is free.")).toBeVisible();
    await busy.api.assignments.release({ id: held?.id ?? "" });
    await page.goto("/rank");
    await expect(page.getByRole("heading", { name: "Rank the answers" })).toBeAttached();
  });
});

test("a form says what is wrong at the field, and no bubble does", async ({ admin, person, pageOf }) => {
  const writer = await person("writer");
  const { id } = await writer.api.prompts.create({ kind: "plain", prompt: "How warm is it?", useCase: "chat" });
  const page = await pageOf(writer);
  await page.goto(`/prompts/${id}`);
  const temperature = page.getByLabel("Temperature");
  for (const [value, sentence] of [
    ["5", "Temperature is at most 2."],
    ["", "Temperature is missing."],
    ["-1", "Temperature is at least 0."],
  ] as const) {
    await temperature.fill(value);
    await expect(warned(page, "Temperature is")).toHaveCount(0);
    await page.getByRole("button", { name: /^Generate \d answers$/ }).click();
    await expect(temperature).toBeFocused();
    await expect(temperature).toHaveAccessibleDescription(new RegExp(sentence));
    await expect(warned(page, sentence)).toHaveCount(1);
  }
  expect((await writer.api.prompts.get({ id })).comparisonList).toEqual([]);

  await test.step("and so does the settings' description, which can be put back once it is off the list", async () => {
    const settings = await pageOf(admin);
    await settings.goto("/settings");
    const list = settings.getByRole("list", { name: "Use-case descriptions" });
    await expect(list.getByRole("listitem").nth(1)).toBeVisible();
    const before = await list.getByRole("listitem").allTextContents();
    await settings.getByRole("button", { name: "Add description" }).click();
    await expect(warned(settings, "Write the description first.")).toBeVisible();
    await list.getByRole("button", { name: "Take off the list" }).nth(1).click();
    await expect(list.getByRole("listitem")).toHaveCount(before.length - 1);
    await expect(said(settings, "was taken off the list.")).toBeVisible();
    await settings.getByRole("button", { name: "Put it back" }).click();
    await expect(list.getByRole("listitem")).toHaveText(before);
    await expect(settings.getByText("was taken off the list.")).toHaveCount(0);
  });
});

test("every form says what is wrong at its field, once, and no bubble of the browser does", async ({
  admin,
  person,
  pageOf,
}) => {
  const modelId = await shippedModelId(admin);
  await writeAndGenerate(admin, 2, { k: 2, maxTokens: 4 });
  await rank(admin);
  const { username: taken } = await person("labeler");
  const asked = { kind: "reward", name: `Judge ${taken}`, baseModelId: modelId, settings: { epochs: 1 } };
  const { id: runId } = await admin.api.training.start(newTraining.parse(asked));
  await admin.api.training.stop({ id: runId });
  const page = await pageOf(admin);
  // A bubble comes up where nobody has taken the event over.
  const bubbles: string[] = [];
  await page.exposeFunction("bubble", (text: string) => bubbles.push(text));
  await page.addInitScript(() => {
    const tell = (event: Event) =>
      setTimeout(() => {
        const { validationMessage } = event.target as HTMLInputElement;
        if (!event.defaultPrevented)
          (window as unknown as { bubble: (text: string) => void }).bubble(validationMessage);
      });
    addEventListener("invalid", tell, true);
  });
  const wrong = async (field: Locator, button: RegExp | string, sentence: string) => {
    await page.getByRole("button", { name: button }).first().click();
    await expect(field).toHaveAccessibleDescription(new RegExp(sentence.replaceAll(/[.()]/g, "\\$&")));
    await expect(field).toBeFocused();
    await expect(page.getByText(sentence, { exact: true })).toHaveCount(1);
    await expect(warned(page, sentence)).toHaveCount(1);
  };

  await test.step("People", async () => {
    await page.goto("/people");
    const [name, username, password] = ["Name", "User name", "Password"].map((one) =>
      page.getByRole("textbox", { name: one, exact: true }),
    ) as [Locator, Locator, Locator];
    await name.fill(" ");
    await username.fill(taken);
    await password.fill("correct horse");
    await wrong(name, /^Add person/, "The name is empty: write one.");
    await name.fill("Grace");
    await username.fill("no spaces");
    await wrong(username, /^Add person/, "A user name has only letters, digits, dots and underscores.");
    await username.fill(taken);
    await wrong(username, /^Add person/, `The user name ${taken} is taken: choose another.`);
    await username.fill(`${taken}2`);
    await password.fill("password1");
    await wrong(
      password,
      /^Add person/,
      "This password is on the lists of common passwords, which are tried first: choose another.",
    );
  });

  await test.step("Train", async () => {
    await page.goto("/train");
    const name = page.getByLabel("Name of the model");
    await wrong(name, "Start training", "The name of the model is empty: write one.");
    await name.fill(`Judge ${taken}`);
    await wrong(name, "Start training", "There is a model or a run of this name already: choose another.");
    await name.fill(`Another ${taken}`);
    const epochs = page.getByRole("spinbutton", { name: "Epochs", exact: true });
    await epochs.fill("");
    await wrong(epochs, "Start training", "Epochs is empty: write a number.");
  });

  await test.step("a run's name", async () => {
    await page.goto(`/train/${runId}`);
    await page.getByRole("button", { name: "Rename …" }).click();
    const name = page.getByRole("textbox", { name: "Name" });
    await name.fill("");
    await wrong(name, /^Rename$/, "The name of the model is empty: write one.");
  });

  await test.step("Guidelines", async () => {
    await page.goto("/guidelines");
    const text = page.getByLabel("Text, as Markdown");
    await text.fill(" ");
    await wrong(text, /^Publish version/, "The guidelines are empty: write something first.");
  });

  await test.step("Settings", async () => {
    await page.goto("/settings");
    await page.getByRole("button", { name: "Add description" }).click();
    const text = page.getByLabel("Another description");
    await expect(text).toHaveAccessibleDescription(/Write the description first\./);
    await expect(warned(page, "Write the description first.")).toHaveCount(1);
  });

  await test.step("Export has nothing that can be wrong", async () => {
    await page.goto("/export");
    await expect(page.getByLabel("Data set")).toBeVisible();
    const written = page
      .locator("main form :is(input, textarea)")
      .and(page.locator(":not([type=date], [type=checkbox])"));
    await expect(written).toHaveCount(0);
  });
  expect(bubbles).toEqual([]);
});

test("people are shown by the name they gave, the user name where the pointer rests", async ({ person, pageOf }) => {
  const writer = await person("writer");
  const { id } = await writer.api.prompts.create({
    kind: "plain",
    prompt: "Who wrote this?",
    useCase: "chat",
    demonstration: "I did.",
  });
  const page = await pageOf(await person("reviewer"));
  await page.goto(`/prompts/${id}`);
  const card = page.getByRole("article", { name: `Demonstration by ${writer.name}` });
  await expect(card).toContainText(writer.name);
  await expect(card.getByTitle(writer.username)).toHaveText(writer.name);
  await expect(page.getByText(writer.username)).toHaveCount(0);
});

test("an answer that names its model is marked for leads, and for nobody who may rank it", async ({
  admin,
  person,
  pageOf,
  db,
}) => {
  const model = (await admin.api.models.list()).find(({ name }) => name === "world-6m");
  const text = `Who are you, number ${process.pid}?`;
  const made = { promptId: await addPrompt(db, text), modelId: model?.id ?? "", createdBy: await idOf(admin) };
  const { id } = await addComparison(db, { ...made, texts: ["I am world-6m.", "I am nobody."] });
  const mark = "It names its model: whoever ranks it can tell who wrote it.";
  const page = await pageOf(await person("reviewer"));
  await page.goto(`/comparisons/${id}`);
  await expect(page.getByRole("listitem", { name: "Answer A" })).toContainText(mark);
  await expect(page.getByText(mark)).toHaveCount(1);
  await page.goto("/skipped");
  const naming = page.getByRole("list", { name: "Answers that name their model" });
  await expect(naming.getByRole("listitem").filter({ hasText: text })).toContainText("A names its model");
  const theirs = await pageOf(await person("labeler"));
  await theirs.goto(`/comparisons/${id}`);
  await expect(theirs.getByRole("listitem", { name: "Answer B" })).toContainText("I am nobody.");
  await expect(theirs.getByText(mark)).toHaveCount(0);
  await rank(admin);
});

test("Submitted speaks of no reward model before there is one", async ({ admin, person, pageOf, db }) => {
  const annotator = await person("annotator");
  const id = await answersTo(db, admin, "Is it judged?", shortAnswers(2));
  const held = await annotator.api.assignments.next({ comparisonId: id });
  const ratings = ["A", "B"].map((label) => ({ label, likert: 4, flags: [], note: "", spentMs: 0 }));
  await annotator.api.rankings.submit({ id: held?.id ?? "", notation: "A>B", ratings });
  const page = await pageOf(annotator);
  await page.goto("/submitted");
  await expect(page.getByText("What you have ranked, newest first.", { exact: false })).toHaveText(
    "What you have ranked, newest first. Reopen one to change it: the version before is kept beside it.",
  );
});

test("the next prompt asks anew what it is for", async ({ person, pageOf }) => {
  const page = await pageOf(await person("writer"));
  await openWrite(page);
  const use = page.getByLabel("Use case");
  await expect(use).toHaveValue("");
  await promptField(page).fill("What is it for?");
  await page.getByRole("button", { name: "Save prompt" }).click();
  await expect(use).toBeFocused();
  await expect(warned(page, "Choose what the prompt is for.")).toBeVisible();
  await use.selectOption("brainstorming");
  await page.getByRole("button", { name: "Save and write another" }).click();
  await expect(said(page, "Saved.")).toBeVisible();
  await expect(use).toHaveValue("");
});
