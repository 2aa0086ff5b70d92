// The ranking screen in each of its states: nothing for axe to complain about, nothing cut off, a picture of each.
import { expect, test } from "./fixtures.ts";
import { inspect } from "./looking.ts";
import { answersTo, hostileAnswers, rankOnly } from "./rank-answers.ts";
import { cardOf, notation, openRanking } from "./rank-page.ts";

const paragraph =
  "Once upon a time there was a fox who liked to walk by the sea and look for crabs under stones, and every evening it " +
  "came home with wet paws and a story for whoever was still awake.";
const texts = [
  paragraph,
  Array.from({ length: 8 }, (_, index) => `${index + 1}. ${paragraph}`).join("\n\n"),
  "A fox ate **three** crabs:\n\n- one for breakfast\n- one at noon\n- one at night\n\nWhat would you eat?",
  "كان يا ما كان، ثعلب يحب السرطانات والبحر.\n\nAnd that is all.",
];
const turns = [
  { role: "system", content: "You are a helpful assistant who tells short stories." },
  { role: "user", content: "Tell me a story about a fox." },
  { role: "assistant", content: "There was a fox. It was red." },
  { role: "user", content: "Now one with crabs, in under 100 words, with a question at the end." },
] as const;

test("both stages of four answers", async ({ admin, person, pageOf, db }) => {
  const page = await pageOf(await person("annotator"));
  await openRanking(page, await answersTo(db, admin, turns, texts));
  await inspect(page, "rank-rate");
  for (const key of ["2", "h", "a", "Enter", "6", "Enter", "5", "c", "Enter", "4"]) await page.keyboard.press(key);
  await page.getByRole("textbox", { name: "Note" }).fill("Ends well, but the first line is not about foxes at all.");
  await page.getByRole("checkbox", { name: "Has other explicit constraints" }).check();
  await inspect(page, "rank-rated");
  await page.getByRole("button", { name: "Rank all of them" }).click();
  await expect(notation(page)).toBeVisible();
  await inspect(page, "rank-board-empty");
  await notation(page).fill("A>B=C");
  await inspect(page, "rank-board");
  await page.getByRole("button", { name: "Pin A" }).click();
  await page.getByRole("button", { name: "Pin B" }).click();
  await expect(page.getByText("Marked words")).toBeVisible();
  await inspect(page, "rank-side-by-side");
  await page.keyboard.press("Escape");
  await page.keyboard.press("m");
  await expect(cardOf(page, "C").locator("strong").last()).toHaveText("three");
  await inspect(page, "rank-markdown");
  await page.keyboard.press("m");
  await notation(page).fill("A>B=C>D");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("region", { name: "Review" })).toBeVisible();
  await inspect(page, "rank-review");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Keys" }).click();
  await inspect(page, "rank-keys");
});

test("nine hostile answers, and two short ones", async ({ admin, person, pageOf, db }) => {
  await rankOnly(admin, true);
  const page = await pageOf(await person("annotator"));
  await openRanking(page, await answersTo(db, admin, "Which of these breaks the page?", hostileAnswers()));
  await inspect(page, "rank-nine");
  await notation(page).fill("C>A=F>I");
  await inspect(page, "rank-nine-some");
  await openRanking(page, await answersTo(db, admin, "Yes or no?", ["Yes.", "No."]));
  await inspect(page, "rank-two");
  await rankOnly(admin, false);
});
