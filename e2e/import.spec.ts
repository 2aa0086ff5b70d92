// A lead brings a file in: sees what is in it, leaves out a row that cannot be read, and finds the prompts; the same file again
// adds nothing. A bad file is refused in one sentence.
import { parquetWriteBuffer } from "hyparquet-writer";
import { expect, test } from "./fixtures.ts";
import { inspect } from "./looking.ts";

const csv =
  '\ufeffprompt;completion\r\nWhat do otters eat?;"Fish; and crabs."\r\n;An answer to nothing.\r\nWhere do otters sleep?;\r\n';

test("a spreadsheet comes in, and the second time adds nothing", async ({ person, pageOf }) => {
  test.setTimeout(600_000);
  const lead = await person("reviewer");
  const page = await pageOf(lead);
  const file = { name: "otters.csv", mimeType: "text/csv", buffer: Buffer.from(csv) };
  await page.goto("/import");
  await page.getByLabel("Choose a file, or drop it here").setInputFiles(file);
  await expect(page.getByText("otters.csv holds 1 prompt and 1 prompt with a demonstration.")).toBeVisible();
  await expect(page.getByRole("cell", { name: "Fish; and crabs." })).toBeVisible();
  await expect(page.getByRole("heading", { name: "1 row that cannot be read" })).toBeVisible();
  await expect(page.getByRole("row", { name: 'row 3 "prompt" is missing.' })).toBeVisible();
  await inspect(page, "import-looked");
  await page.getByLabel("Licence").fill("CC0");
  await page.getByLabel("Use case").selectOption("open QA");
  await page.getByRole("button", { name: "Import all but these" }).click();
  await expect(page.getByText("2 prompts and 1 demonstration came in from otters.csv.")).toBeVisible();
  await inspect(page, "import-done");

  const [source] = await lead.api.imports.list();
  expect(source).toMatchObject({
    name: "otters.csv",
    licence: "CC0",
    prompts: 2,
    demonstrations: 1,
    rows: 3,
    leftOut: 1,
  });
  const { items: came } = await lead.api.prompts.list({ source: source?.id ?? "" });
  expect(came.map(({ text, useCase }) => [text, useCase])).toEqual([
    ["Where do otters sleep?", "open QA"],
    ["What do otters eat?", "open QA"],
  ]);

  await page.getByRole("button", { name: "Import another file" }).click();
  await page.getByLabel("Choose a file, or drop it here").setInputFiles(file);
  await page.getByRole("button", { name: "Import all but these" }).click();
  await expect(page.getByText("Nothing new came in from otters.csv.")).toBeVisible();
  await expect(page.getByText("2 were there already, and stay as they are.")).toBeVisible();
  await page.getByRole("link", { name: "See the prompts" }).click();
  await expect(page.getByRole("link", { name: "Where do otters sleep?" })).toBeVisible();
});

test("what cannot come in is refused in one sentence", async ({ person, pageOf }) => {
  const page = await pageOf(await person("reviewer"));
  await page.goto("/import");
  const choose = (name: string, text: string) =>
    page
      .getByLabel("Choose a file, or drop it here")
      .setInputFiles({ name, mimeType: "application/json", buffer: Buffer.from(text) });
  await choose("answers.jsonl", '{"question": "Hi?", "reply": "Yes."}\n');
  await expect(page.getByRole("main").getByRole("alert")).toContainText(
    'The format of the file is not known. Its first row has the fields "question", "reply"',
  );
  await expect(page.getByRole("button", { name: "Import", exact: true })).toHaveCount(0);
});

test("rankings come in, are seen as those of somebody elsewhere, and go with their file", async ({
  person,
  pageOf,
}) => {
  test.setTimeout(600_000);
  const lead = await person("reviewer");
  const page = await pageOf(lead);
  const rows = [
    { prompt: "Which otter is the largest?", chosen: "The sea otter.", rejected: "The river otter.", labeler: "Bo" },
    { prompt: "Is that so?", chosen: "Yes.", rejected: "Yes." },
  ];
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  await page.goto("/import");
  const choose = () =>
    page
      .getByLabel("Choose a file, or drop it here")
      .setInputFiles({ name: "pairs.jsonl", mimeType: "application/json", buffer: Buffer.from(text) });
  await choose();
  await expect(page.getByText("pairs.jsonl holds 1 ranking.")).toBeVisible();
  await expect(page.getByText("1. The sea otter.")).toBeVisible();
  await inspect(page, "import-rankings-looked");
  await page.getByRole("button", { name: "Import all but these" }).click();
  await expect(page.getByText("1 prompt, 1 set of answers, and 1 ranking came in from pairs.jsonl.")).toBeVisible();
  await inspect(page, "import-rankings-done");

  const source = (await lead.api.imports.list()).find(({ name }) => name === "pairs.jsonl")?.id ?? "";
  const id = (await lead.api.prompts.list({ source })).items[0]?.id ?? "";
  const { comparisonList } = await lead.api.prompts.get({ id });
  await page.goto(`/comparisons/${comparisonList[0]?.id}`);
  await expect(page.getByText("Bo, imported from pairs.jsonl")).toBeVisible();
  await inspect(page, "comparison-imported");

  await page.goto("/import");
  await page.getByRole("button", { name: "Delete pairs.jsonl …" }).click();
  await expect(page.getByText("1 prompt, 1 set of answers, and 1 ranking: that goes, for good.")).toBeVisible();
  await inspect(page, "import-delete");
  await page.getByRole("button", { name: "Delete it" }).click();
  await expect(page.getByRole("cell", { name: "pairs.jsonl" })).toHaveCount(0);
  expect((await lead.api.prompts.list({ source })).items).toEqual([]);
});

test("Parquet is read beside the page", async ({ person, pageOf }) => {
  const page = await pageOf(await person("reviewer"));
  await page.goto("/import");
  const columnData = [
    { name: "prompt", data: ["What do seals eat?", "Where do seals sleep?"] },
    { name: "completion", data: ["Fish.", "On ice."] },
  ];
  const buffer = Buffer.from(parquetWriteBuffer({ columnData }));
  const choose = (name: string, bytes: Buffer) =>
    page
      .getByLabel("Choose a file, or drop it here")
      .setInputFiles({ name, mimeType: "application/octet-stream", buffer: bytes });
  await choose("seals.parquet", buffer);
  await expect(page.getByText("seals.parquet holds 2 prompts with demonstrations.")).toBeVisible();
  await expect(page.getByRole("cell", { name: "On ice." })).toBeVisible();
  await page.reload();
  await choose("half.parquet", buffer.subarray(0, buffer.length - 20));
  await expect(page.getByRole("main").getByRole("alert")).toContainText(
    "The Parquet file is damaged: it cannot be read to its end.",
  );
});
