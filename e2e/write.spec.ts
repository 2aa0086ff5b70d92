// Writing, as contractors do it all day: prompts of the three kinds, what the model says to them, drafts that survive.
import type { Locator, Page } from "@playwright/test";
import { demonstrationsOf } from "../db/queries/demonstrations.ts";
import { getPrompt, promptSource } from "../db/queries/prompts.ts";
import { expect, test } from "./fixtures.ts";
import { demonstrationField, draftSaved, drag, lastPart, openWrite, promptField } from "./pages.ts";
import { childrenOf, standStill } from "./server.ts";
import { answered, promptText } from "./work.ts";

const example = (page: Page, place: number) => page.getByRole("group", { name: `Example ${place}`, exact: true });
const rowPart = (page: Page, place: number, part: "Input" | "Output") =>
  example(page, place).getByRole("textbox", { name: part });

/** The prompt whose page this is. */
async function savedId(page: Page): Promise<string> {
  await expect(page.getByRole("heading", { name: "Prompt", exact: true })).toBeVisible();
  return lastPart(page);
}

/** Presses Tab until this has the focus: what cannot be reached fails. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  await expect(target).toBeFocused();
}

test("a plain prompt by keyboard alone, then another of the same kind, whose use is asked anew", async ({
  person,
  pageOf,
  db,
}) => {
  const writer = await person("writer");
  const page = await pageOf(writer);
  const [first, second] = [promptText(), promptText()];
  await openWrite(page);
  await tabTo(page, page.getByLabel("Use case"));
  await page.keyboard.type("brain");
  await tabTo(page, promptField(page));
  await page.keyboard.type(first);
  await tabTo(page, demonstrationField(page));
  await page.keyboard.type("Once there was a fox.");
  await page.keyboard.press("Control+Shift+Enter");
  await expect(page.getByRole("status").filter({ hasText: "Saved." })).toBeVisible();
  // The focus is where the next one begins.
  await expect(promptField(page)).toBeFocused();
  await expect(promptField(page)).toHaveValue("");
  await page.keyboard.type(second);
  await page.keyboard.press("Control+Enter");
  await expect(page.getByLabel("Use case")).toBeFocused();
  await expect(page.getByRole("alert").filter({ hasText: "Choose what the prompt is for." })).toBeVisible();
  await page.keyboard.type("cha");
  await page.keyboard.press("Control+Enter");
  const secondId = await savedId(page);
  expect(await getPrompt(db, secondId)).toMatchObject({
    kind: "plain",
    text: second,
    useCase: "chat",
    author: writer.username,
    demonstrations: 0,
  });
  const { items } = await writer.api.prompts.list({ limit: 10 });
  const before = items.find(({ text }) => text === first);
  expect(before).toMatchObject({
    kind: "plain",
    useCase: "brainstorming",
    messages: [{ role: "user", content: first }],
  });
  expect(await demonstrationsOf(db, before?.id ?? "")).toMatchObject([
    { text: "Once there was a fox.", state: "unreviewed", version: 1 },
  ]);
  expect(await writer.api.drafts.get({ subject: "prompt" })).toBeNull();
});

test("what is missing is said where it is missing", async ({ person, pageOf }) => {
  const page = await pageOf(await person("writer"));
  await openWrite(page);
  await page.getByRole("button", { name: "Save prompt" }).click();
  await expect(promptField(page)).toBeFocused();
  await expect(page.getByRole("alert").filter({ hasText: "Write the prompt" })).toBeVisible();
  await page.getByRole("radio", { name: "Few-shot" }).check();
  await page.getByRole("textbox", { name: "Instruction" }).fill("Say the opposite.");
  await rowPart(page, 2, "Input").fill("hot");
  await page.getByRole("button", { name: "Save prompt" }).click();
  await expect(rowPart(page, 2, "Output")).toBeFocused();
  await expect(page.getByRole("alert").filter({ hasText: "Example 2 has no output." })).toBeVisible();
});

test("a few-shot prompt by mouse: rows moved, dragged, removed and put back; its examples give more", async ({
  person,
  pageOf,
  db,
}) => {
  const page = await pageOf(await person("labeler"));
  await openWrite(page);
  await page.getByRole("radio", { name: "Few-shot" }).check();
  await page.getByLabel("Use case").selectOption("rewrite");
  await page.getByRole("textbox", { name: "Instruction" }).fill("Say the opposite of each word.");
  const pairs = [
    ["hot", "cold"],
    ["big", "small"],
    ["left", "right"],
  ] as const;
  await page.getByRole("button", { name: "Add an example" }).click();
  await expect(rowPart(page, 3, "Input")).toBeFocused();
  for (const [place, [input, output]] of pairs.entries()) {
    await rowPart(page, place + 1, "Input").fill(input);
    await rowPart(page, place + 1, "Output").fill(output);
  }
  await page.getByRole("textbox", { name: "Input to answer" }).fill("up");
  await demonstrationField(page).fill("down");

  await page.getByRole("button", { name: "Move example 3 up" }).click();
  await expect(rowPart(page, 2, "Input")).toHaveValue("left");
  await page.getByRole("button", { name: "Remove example 1" }).click();
  await expect(rowPart(page, 1, "Input")).toHaveValue("left");
  await page.getByRole("button", { name: "Put it back" }).click();
  await expect(rowPart(page, 1, "Input")).toHaveValue("hot");
  await drag(page, example(page, 1).getByTitle("Drag to another place"), example(page, 3));
  await expect(rowPart(page, 3, "Input")).toHaveValue("hot");

  const whole =
    "Say the opposite of each word.\n\nInput: left\nOutput: right\n\nInput: big\nOutput: small\n\nInput: hot\nOutput: cold\n\nInput: up\nOutput:";
  await expect(page.getByRole("region", { name: "The whole prompt" })).toHaveText(whole);
  await page.getByRole("button", { name: "Save prompt" }).click();
  const id = await savedId(page);
  expect(await getPrompt(db, id)).toMatchObject({ kind: "few-shot", useCase: "rewrite", text: whole });
  expect((await promptSource(db, id))?.fewShot).toEqual({
    instruction: "Say the opposite of each word.",
    shots: [
      { query: "left", response: "right" },
      { query: "big", response: "small" },
      { query: "hot", response: "cold" },
    ],
    query: "up",
  });

  await page.getByRole("button", { name: "Make 3 more prompts from its examples" }).click();
  const made = page.getByRole("region", { name: "Prompts from its examples" });
  await expect(made.getByRole("status")).toContainText("3 prompts made");
  await made.getByRole("link", { name: "Input: big" }).click();
  await expect(page.getByText("Drawn from the examples of another few-shot prompt.")).toBeVisible();
  const drawn = await savedId(page);
  const source = await promptSource(db, drawn);
  expect(source).toMatchObject({ resampledFrom: id, fewShot: { query: "big" } });
  expect(source?.fewShot?.shots).toHaveLength(3);
  expect(await demonstrationsOf(db, drawn)).toMatchObject([{ text: "small" }]);
  await page.goBack();
  await page.getByRole("button", { name: "Make 3 more prompts from its examples" }).click();
  await expect(made.getByRole("status")).toContainText("Nothing new");
});

test("a few-shot prompt by keyboard: rows are moved and removed, and the focus stays", async ({
  person,
  pageOf,
  db,
}) => {
  const page = await pageOf(await person("writer"));
  await openWrite(page);
  await tabTo(page, page.getByRole("radio", { name: "Plain" }));
  await page.keyboard.press("ArrowRight");
  await tabTo(page, page.getByLabel("Use case"));
  await page.keyboard.type("other");
  await tabTo(page, page.getByRole("textbox", { name: "Instruction" }));
  await page.keyboard.type("Add one.");
  await tabTo(page, rowPart(page, 1, "Input"));
  await page.keyboard.type("1");
  await page.keyboard.press("Tab");
  await page.keyboard.type("2");
  await tabTo(page, rowPart(page, 2, "Input"));
  await page.keyboard.type("5");
  await page.keyboard.press("Tab");
  await page.keyboard.type("6");
  await tabTo(page, page.getByRole("button", { name: "Add an example" }));
  await page.keyboard.press("Enter");
  await expect(rowPart(page, 3, "Input")).toBeFocused();
  await page.keyboard.type("gone");
  await page.keyboard.press("Shift+Tab");
  await expect(page.getByRole("button", { name: "Remove example 3" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Remove example 2" })).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Move example 1 up" })).toBeFocused();
  await expect(rowPart(page, 1, "Input")).toHaveValue("5");
  await tabTo(page, page.getByRole("textbox", { name: "Input to answer" }));
  await page.keyboard.type("8");
  await page.keyboard.press("Control+Enter");
  expect((await promptSource(db, await savedId(page)))?.fewShot).toEqual({
    instruction: "Add one.",
    shots: [
      { query: "5", response: "6" },
      { query: "1", response: "2" },
    ],
    query: "8",
  });
});

test("a user-based prompt is written from a description, another one if that is not one's own", async ({
  person,
  pageOf,
  db,
}) => {
  const writer = await person("writer");
  const page = await pageOf(writer);
  const scenarios = await writer.api.scenarios.list();
  expect(scenarios.length).toBeGreaterThan(1);
  await openWrite(page);
  await promptField(page).fill(promptText());
  await page.getByRole("radio", { name: "User-based" }).check();
  const description = page.getByRole("region", { name: "Use-case description" });
  await expect(description.getByRole("button", { name: "Another one" })).toBeVisible();
  const first = (await description.textContent()) ?? "";
  const before = scenarios.findIndex(({ text }) => first.includes(text));
  expect(before).toBeGreaterThanOrEqual(0);
  await page.getByRole("button", { name: "Another one" }).click();
  const chosen = scenarios[(before + 1) % scenarios.length]!;
  await expect(description).toContainText(chosen.text);
  await page.getByLabel("Use case").selectOption("chat");
  await page.getByRole("button", { name: "Save prompt" }).click();
  const id = await savedId(page);
  expect(await getPrompt(db, id)).toMatchObject({ kind: "user-based" });
  expect((await promptSource(db, id))?.scenario).toMatchObject({ id: chosen.id });
  await expect(page.getByRole("region", { name: "Use-case description" })).toContainText(chosen.text);
});

test("a conversation with a system message is stored turn by turn and answered by the shipped model", async ({
  person,
  pageOf,
  db,
}) => {
  const writer = await person("labeler");
  const page = await pageOf(writer);
  const question = promptText();
  await openWrite(page);
  await page.getByRole("button", { name: "Add a system message" }).click();
  await expect(page.getByRole("textbox", { name: "System message" })).toBeFocused();
  await page.keyboard.type("You tell stories.");
  await promptField(page).fill("Do you know stories?");
  await page.getByRole("button", { name: "Add an answer and the next question" }).click();
  await expect(page.getByRole("textbox", { name: "Turn 2, assistant" })).toBeFocused();
  await page.keyboard.type("Yes, many.");
  await page.getByRole("textbox", { name: "Turn 3, user: what the model answers" }).fill(question);
  await page.getByRole("button", { name: "Remove the last two turns" }).click();
  await expect(promptField(page)).toHaveValue("Do you know stories?");
  await page.getByRole("button", { name: "Put them back" }).click();
  await expect(page.getByRole("textbox", { name: "Turn 2, assistant" })).toHaveValue("Yes, many.");
  await page.getByLabel("Use case").selectOption("chat");
  await page.getByRole("button", { name: "Save prompt" }).click();
  const id = await savedId(page);
  const turns = [
    { role: "system", content: "You tell stories." },
    { role: "user", content: "Do you know stories?" },
    { role: "assistant", content: "Yes, many." },
    { role: "user", content: question },
  ];
  expect((await getPrompt(db, id))?.messages).toEqual(turns);
  await expect(page.getByRole("list", { name: "Conversation" }).getByRole("listitem")).toHaveText([
    "SystemYou tell stories.",
    "UserDo you know stories?",
    "AssistantYes, many.",
    `User${question}`,
  ]);

  await page.getByLabel("Answers (K)").selectOption("2");
  await page.getByRole("spinbutton", { name: "Maximum tokens" }).fill("24");
  await page.getByRole("button", { name: "Generate 2 answers" }).click();
  await expect(page.getByRole("heading", { name: "2 answers" })).toBeVisible();
  await expect(page.getByRole("list", { name: "Conversation" })).toContainText("Yes, many.");
  const comparison = await answered(writer, lastPart(page));
  expect(comparison.candidates.map(({ tokens }) => Number(tokens) > 0)).toEqual([true, true]);
  await expect(page.getByRole("list", { name: "Answers" }).getByText("Done")).toHaveCount(2);
});

test("trying it streams the model's answer, and stops when told to", async ({ server, person, pageOf }) => {
  const writer = await person("writer");
  const page = await pageOf(writer);
  await openWrite(page);
  const card = page.getByRole("region", { name: "The model's answer", exact: true });
  await expect(card.getByRole("button", { name: "Try it" })).toBeDisabled();
  const text = promptText();
  await promptField(page).fill(text);
  // The project's: one that other journeys have trained does not take its place.
  const { modelName } = await writer.api.models.countTokens({
    messages: [{ role: "user", content: text }],
    answer: "",
  });
  await card.evaluate((element) => {
    new MutationObserver(() => {
      const length = element.querySelector("section")?.textContent?.length ?? 0;
      if (length > 0) element.dataset.lengths = `${element.dataset.lengths ?? ""} ${length}`;
    }).observe(element, { childList: true, subtree: true, characterData: true });
  });
  await card.getByRole("button", { name: "Try it" }).click();
  await expect(card.getByRole("heading", { name: `Answer of ${modelName}` })).toBeVisible();
  await expect(card.getByRole("region", { name: "Text of the model's answer" })).toContainText(/\w/);
  await expect(card.getByRole("status")).toContainText("Done");
  const lengths = ((await card.getAttribute("data-lengths")) ?? "").trim().split(" ").map(Number);
  expect(new Set(lengths).size, "longer by and by").toBeGreaterThan(1);
  expect(lengths).toEqual(lengths.toSorted((one, other) => one - other));

  // Nothing else waits for it: the prompt goes on being written. The worker stands still, so that no answer is done
  // before the press.
  const tryAgain = card.getByRole("button", { name: "Try again" });
  const stop = card.getByRole("button", { name: "Stop" });
  const worker = childrenOf(server).candidates!;
  standStill(server.file, worker);
  try {
    await tryAgain.click();
    await promptField(page).press("End");
    await page.keyboard.type("!");
    await stop.click();
    await expect(card.getByRole("status")).toContainText("Stopped");
    await promptField(page).fill(promptText());
    await expect(card.getByText("The prompt has changed since this answer.")).toBeVisible();

    await tryAgain.click();
    await expect(stop).toBeEnabled();
    await writer.api.trials.start({ prompt: promptText() });
    await expect(card.getByRole("status")).toContainText("another one was started elsewhere");
    await expect(tryAgain).toBeEnabled();
  } finally {
    process.kill(worker, "SIGCONT");
  }
});

test("the tokens shown are the API's, and a prompt too long for the model is called so", async ({ person, pageOf }) => {
  const writer = await person("writer");
  const page = await pageOf(writer);
  await openWrite(page);
  const text = promptText();
  await promptField(page).fill(text);
  await demonstrationField(page).fill("A fox went home.");
  const messages = [{ role: "user" as const, content: text }];
  const counted = await writer.api.models.countTokens({ messages, answer: "A fox went home." });
  const { prompt, context, modelName } = counted;
  const line = `${prompt} tokens of ${context} · ${context - prompt} left for the answer · ${modelName}`;
  await expect(page.getByText(line)).toBeVisible();
  await expect(page.getByText(`${counted.answer} tokens · 16 chars`)).toBeVisible();

  const long = "A fox and a crow. ".repeat(200);
  await promptField(page).fill(long);
  const most = await writer.api.models.countTokens({ messages: [{ role: "user", content: long }] });
  await expect(page.getByText(`shorten it by ${most.prompt - most.context + 1} tokens or more`)).toBeVisible();
  await test.step("and is not saved so: it is said at the field, and can be shortened there", async () => {
    await page.getByLabel("Use case").selectOption("chat");
    await page.getByRole("button", { name: "Save prompt" }).click();
    const said = page.getByRole("alert").filter({ hasText: `shorten it by ${most.prompt - most.context + 1} tokens.` });
    await expect(said).toHaveText(
      `The prompt has ${most.prompt.toLocaleString("en")} tokens, and ${modelName} reads ${(context - 1).toLocaleString("en")} beside an answer: shorten it by ${most.prompt - most.context + 1} tokens.`,
    );
    await expect(promptField(page)).toBeFocused();
    await expect(promptField(page)).toHaveAccessibleDescription(/shorten it by/);
    // Once: the line that counts is silent meanwhile.
    await expect(page.getByText("shorten it by")).toHaveCount(1);
  });
  await promptField(page).fill("x".repeat(20_001));
  await expect(page.getByText("Too long to be counted.")).toBeVisible();
  await page.getByRole("button", { name: "Save prompt" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "at most 20,000" })).toBeVisible();
});

test("a draft survives a reload, a lost connection and a closed window", async ({ person, pageOf }) => {
  const writer = await person("writer");
  const page = await pageOf(writer);
  await openWrite(page);
  await page.getByRole("radio", { name: "Few-shot" }).check();
  await page.getByRole("textbox", { name: "Instruction" }).fill("Reloaded in the middle.");
  await rowPart(page, 1, "Input").fill("kept");
  // At once: what the server has not got yet, this device has.
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Instruction" })).toHaveValue("Reloaded in the middle.");
  await expect(rowPart(page, 1, "Input")).toHaveValue("kept");

  await page.context().setOffline(true);
  await rowPart(page, 1, "Output").fill("written without a connection");
  await expect(page.getByText("No connection", { exact: false })).toBeVisible();
  await page.getByRole("button", { name: "Save prompt" }).click();
  await expect(page.getByRole("textbox", { name: "Input to answer" })).toBeFocused();
  await page.keyboard.type("now");
  await page.context().setOffline(false);
  await expect(page.getByText("Draft saved")).toBeVisible();
  await draftSaved(writer, "written without a connection");
  await page.close();

  const other = await pageOf(writer);
  await openWrite(other);
  await expect(rowPart(other, 1, "Output")).toHaveValue("written without a connection");
  await expect(other.getByRole("textbox", { name: "Input to answer" })).toHaveValue("now");
});

test("saved again after an answer was lost it is one prompt, and what was changed since another", async ({
  person,
  pageOf,
}) => {
  const writer = await person("writer");
  const page = await pageOf(writer);
  const mine = async () => {
    const { items } = await writer.api.prompts.list({ limit: 50 });
    return items.filter(({ author }) => author === writer.username).map((one) => one.text);
  };
  const text = promptText();
  await openWrite(page);
  await promptField(page).fill(text);
  await demonstrationField(page).fill("Once there was a fox.");
  await page.getByLabel("Use case").selectOption("generation");
  // It arrives, and nobody hears of it.
  await page.route("**/api/rpc/projects/practice/prompts/create", async (route) => {
    await route.fetch();
    await route.abort();
  });
  const save = page.getByRole("button", { name: "Save prompt" });
  const said = page.getByRole("alert").filter({ hasText: "does not answer" });
  await save.click();
  await expect(said).toBeVisible();
  // Also after a reload, as the draft.
  await draftSaved(writer, text);
  await page.reload();
  await expect(promptField(page)).toHaveValue(text);
  await save.click();
  await expect(said).toBeVisible();
  expect(await mine()).toEqual([text]);

  await page.unroute("**/api/rpc/projects/practice/prompts/create");
  await promptField(page).fill(`${text} In rhymes.`);
  await save.click();
  await expect(page.getByRole("alert").filter({ hasText: "saved before you changed it" })).toBeVisible();
  expect(await mine()).toEqual([text]);
  await save.click();
  await savedId(page);
  expect(await mine()).toEqual([`${text} In rhymes.`, text]);
});

test("two windows: neither overwrites the other unasked", async ({ person, pageOf }) => {
  const writer = await person("writer");
  const [first, second] = [await pageOf(writer), await pageOf(writer)];
  await openWrite(first);
  await openWrite(second);
  await promptField(first).fill("From the first window.");
  await draftSaved(writer, "From the first window.");
  await promptField(second).fill("From the second window.");
  const conflict = second.getByRole("alert").filter({ hasText: "another window" });
  await expect(conflict).toBeVisible();
  await draftSaved(writer, "From the first window.");
  await conflict.getByRole("button", { name: "Take the other one" }).click();
  await expect(promptField(second)).toHaveValue("From the first window.");

  await promptField(second).fill("The second goes on.");
  await draftSaved(writer, "The second goes on.");
  await promptField(first).fill("The first too.");
  await first.getByRole("button", { name: "Keep this one" }).click();
  await draftSaved(writer, "The first too.");
  await expect(promptField(first)).toHaveValue("The first too.");
});
