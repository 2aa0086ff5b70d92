// Every screen of every role, light and dark, wide, on a phone and at 200 %: nothing for axe to complain about, nothing cut
// off, and a picture for people to look at (e2e/screens).
import type { Page } from "@playwright/test";
import type { Role } from "../lib/vocabulary/labeling.ts";
import { expect, test } from "./fixtures.ts";
import { glance, inspect, settled } from "./looking.ts";
import { createAdmin } from "./people.ts";
import { answersTo } from "./rank-answers.ts";
import { cardOf, notation, openRanking } from "./rank-page.ts";
import { plain, rank, startTraining, writeAndGenerate } from "./work.ts";

async function open(page: Page, path: string, heading: string | RegExp): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole("heading", { name: heading, exact: true }).first()).toBeVisible();
  await settled(page);
}

/** Of the rooms whose heading is not their name. */
const headings: Record<string, string | RegExp> = {
  Write: "Write a prompt",
  Review: "Review demonstrations",
  // Other journeys may have left something to rank.
  Rank: /^Rank( the answers)?$/,
};

/** What people write: a story with Markdown, two scripts, one line, many lines. */
const answers = [
  "# The fox\n\nA fox lived by the sea. Every morning she counted **three** boats:\n\n1. a red one,\n2. a blue one,\n3. one without a name.\n\nNobody knew whose it was.",
  "عاش ثعلب قرب البحر، وكان يعدّ القوارب كل صباح. كان اسمه Reynard.",
  "No.",
  `${"The fox went down to the shore and looked for crabs under every stone that the tide had left. ".repeat(12)}`,
];

test("a project that has just begun, from its setup on", async ({ launch, page, pageOf }) => {
  test.setTimeout(900_000);
  const fresh = await launch();
  await open(page, fresh.address, "Welcome to Rankloop");
  await inspect(page, "setup");
  const admin = await createAdmin(fresh.address);
  await open(page, `${fresh.address}/sign-in`, "Sign in to Rankloop");
  await inspect(page, "sign-in");
  const inside = await pageOf(admin);
  for (const room of ["Rank", "Submitted", "Review", "Export", "Train", "Disagreements", "Skipped"]) {
    await open(inside, `${fresh.address}/${room.toLowerCase()}`, headings[room] ?? room);
    await inspect(inside, `empty-${room.toLowerCase()}`);
  }
});

test("a project at work", async ({ admin, person, pageOf, db }) => {
  test.setTimeout(1_200_000);
  const page = await pageOf(admin);
  const [ranked] = await writeAndGenerate(admin, 2, { k: 4, maxTokens: 32 });
  await writeAndGenerate(admin, 2, { k: 2, maxTokens: 12, split: "valid" });
  await rank(admin);
  await answersTo(db, admin, "Tell me about the fox by the sea.", answers);
  const writer = await person("writer");
  await writer.api.prompts.create(
    plain("Why is the sea salt?", "open QA", "Rivers carry a little salt from the rocks."),
  );
  const run = await startTraining(admin, { epochs: 2 }, "A reward model");
  const other = await startTraining(admin, {}, "Another one");
  for await (const { run: now } of await admin.api.training.watch({ id: other })) if (now.state === "done") break;

  const screens: [name: string, path: string, heading: string][] = [
    ["home", "/", "Home"],
    ["prompts", "/prompts", "Prompts"],
    ["prompt", `/prompts/${ranked?.prompt.id}`, "Prompt"],
    ["answers", `/comparisons/${ranked?.id}`, "4 answers"],
    ["submitted", "/submitted", "Submitted"],
    ["review", "/review", "Review demonstrations"],
    ["export", "/export", "Export"],
    ["import", "/import", "Import"],
    ["train", "/train", "Train"],
    ["training-run", `/train/${run}`, "A reward model"],
    ["models", "/models", "Models"],
    ["model", `/models/${run}`, "A reward model"],
    ["disagreements", "/disagreements", "Disagreements"],
    ["settings", "/settings", "Settings"],
    ["history", "/events", "History"],
    ["people", "/people", "People"],
    ["nothing-there", "/nothing/at/all", "There is nothing at this address"],
  ];
  for (const [name, path, heading] of screens) {
    await open(page, path, heading);
    await inspect(page, name);
  }

  await test.step("the menus", async () => {
    await open(page, "/", "Home");
    await page.getByRole("button", { name: "Project" }).click();
    await expect(page.getByRole("link", { name: "People" })).toBeVisible();
    await glance(page, "menu");
    await page.getByRole("button", { name: "Account of" }).click();
    await expect(page.getByRole("radio", { name: "Dark" })).toBeVisible();
    await inspect(page, "account-menu");
  });

  await test.step("what can be trained, each with all its settings", async () => {
    await open(page, "/train", "Train");
    for (const goal of ["Fine-tuning (SFT)", "DPO", "PPO", "PPO-ptx"]) {
      await page.getByRole("radio", { name: goal, exact: true }).check();
      await page.getByText("More settings").click();
      await inspect(page, `train-${goal}`);
    }
  });

  await test.step("two runs compared", async () => {
    await open(page, `/train/${run}`, "A reward model");
    await page.getByLabel("Compare with").selectOption(other);
    await page.getByText("More curves").click();
    await expect(page.getByText("Loss · Another one").first()).toBeVisible();
    await inspect(page, "training-runs-compared");
  });
});

// The ranking screen by itself: rank-looks.spec.ts.
test("the guidelines beside rating and ranking", async ({ admin, person, pageOf, db }) => {
  const page = await pageOf(await person("annotator"));
  await openRanking(page, await answersTo(db, admin, "Tell me about the fox by the sea.", answers));
  await page.keyboard.press("g");
  await expect(page.getByRole("region", { name: "Guidelines" })).toContainText("Ties are welcome.");
  await inspect(page, "rate-guidelines");
  // The panel stays where it is, and the keys go on working beside it.
  // Back at the width of a desk, the page under the guidelines can be reached again within moments, not at once.
  const takesFocus = (card: HTMLElement) => {
    card.focus();
    return document.activeElement === card;
  };
  await expect.poll(() => cardOf(page, "A").evaluate(takesFocus)).toBe(true);
  for (const _ of answers) for (const key of ["5", "Enter"]) await page.keyboard.press(key);
  await expect(notation(page)).toBeVisible();
  // All ranks are there without scrolling, however many cards have been ranked.
  const board = page.getByRole("region", { name: "Unranked" }).locator("..");
  for (const ranking of ["D", "D>C", "D>C>B", "D>C>B>A", ""]) {
    await notation(page).fill(ranking);
    await expect
      .poll(() => board.evaluate((element) => element.scrollWidth - element.clientWidth), ranking)
      .toBeLessThanOrEqual(0);
  }
  await inspect(page, "rank-guidelines");
  await notation(page).fill("D>C>B");
  await inspect(page, "rank-guidelines-ranked");
});

test("the writing screen in its kinds, and the guidelines beside it", async ({ admin, person, pageOf }) => {
  test.setTimeout(900_000);
  const page = await pageOf(await person("writer"));
  await open(page, "/write", "Write a prompt");
  await inspect(page, "write-plain");
  for (const kind of ["Few-shot", "User-based"]) {
    await page.getByRole("radio", { name: kind }).check();
    await settled(page);
    await inspect(page, `write-${kind.toLowerCase()}`);
  }
  await page.getByRole("button", { name: "Guidelines" }).click();
  await expect(page.getByRole("region", { name: "Guidelines" })).toContainText("Demonstrations");
  await inspect(page, "write-guidelines");

  const { version, text } = await admin.api.guidelines.get({ topic: "write" });
  await admin.api.guidelines.publish({ topic: "write", basedOn: version, text: text.replace("Vary", "Do vary") });
  await page.reload();
  await page.getByRole("button", { name: "Guidelines" }).click();
  await expect(page.getByText(`Changed since you read version ${version}`)).toBeVisible();
  await inspect(page, "write-guidelines-changed");
});

test("the screen of the guidelines, while one is edited and with a version compared", async ({ admin, pageOf }) => {
  test.setTimeout(900_000);
  const { version, text } = await admin.api.guidelines.get({ topic: "write" });
  await admin.api.guidelines.publish({
    topic: "write",
    basedOn: version,
    text: text.replace("Vary them", "Vary them well"),
  });
  const page = await pageOf(admin);
  await open(page, "/guidelines", "Guidelines");
  await page.getByRole("radio", { name: "On writing" }).check();
  await page
    .getByText(`Version ${version + 1}`)
    .last()
    .click();
  await page.getByLabel("Text, as Markdown").fill(`${text}\n\nOne more line.`);
  await page.getByText("What your version changes").click();
  await inspect(page, "guidelines");
});

/** Beyond these no door is open to them. */
const rooms: Record<Exclude<Role, "admin">, string[]> = {
  reviewer: [
    "Home",
    "Write",
    "Prompts",
    "Rank",
    "Submitted",
    "Review",
    "Export",
    "Train",
    "Models",
    "Disagreements",
    "Import",
    "Skipped",
    "Guidelines",
    "Settings",
    "History",
  ],
  engineer: ["Home", "Prompts", "Export", "Train", "Models", "Disagreements"],
  labeler: ["Home", "Write", "Prompts", "Rank", "Submitted"],
  writer: ["Home", "Write", "Prompts"],
  annotator: ["Home", "Rank", "Submitted"],
};

for (const [role, own] of Object.entries(rooms) as [keyof typeof rooms, string[]][]) {
  test(`a ${role} finds these rooms and no others: ${own.join(", ")}`, async ({ person, pageOf }) => {
    test.setTimeout(600_000);
    const page = await pageOf(await person(role));
    await open(page, "/", "Home");
    await inspect(page, `home-${role}`);
    // On a phone all doors stand in one list.
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole("button", { name: "Menu" }).click();
    const doors = page.getByRole("navigation", { name: "Main" }).getByRole("link");
    await expect(doors).toHaveText(own);
    await page.setViewportSize({ width: 1280, height: 900 });
    for (const room of own.slice(1)) {
      await open(page, room === "History" ? "/events" : `/${room.toLowerCase()}`, headings[room] ?? room);
      await glance(page, `${room} of a ${role}`);
    }
    await page.goto("/people");
    await expect(page.getByRole("heading", { name: "People is not part of your role" })).toBeVisible();
    await glance(page, `closed door for a ${role}`);
  });
}
