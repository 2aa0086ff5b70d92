// Files that come in: what is stored, that nothing comes in twice, that bad rows are the person's to decide on, and what becomes
// of prompts and demonstrations that nobody here wrote.
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addProject, contentsOf, inTests, runSql } from "../../db/database.fixture.ts";
import { listEvents } from "../../db/queries/events.ts";
import {
  addTinyModels,
  type Installation,
  listed,
  plain,
  settings,
  temporaryInstallation,
  writeWaiting,
} from "../installation.fixture.ts";
import { overview } from "../project/overview.ts";
import { removeProject } from "../project/projects.ts";
import { createComparison } from "../ranking/generate.ts";
import { viewComparison } from "../ranking/view.ts";
import { splits } from "../vocabulary/labeling.ts";
import {
  createDemonstration,
  listDemonstrations,
  reviewDemonstration,
  reviseDemonstration,
} from "../writing/demonstrations.ts";
import { editPrompt, removePrompt } from "../writing/prompt-changes.ts";
import { createPrompt, getPrompt, listPrompts } from "../writing/prompts.ts";
import { demonstrationLines, promptLines } from "./export.ts";
import { bytesInNode } from "./files/in-node.ts";
import { importFile, surveyFile } from "./import-file.ts";
import { beginImport, doorOf, importRows, listImports, previewRows } from "./imports.ts";

let world: Installation;
beforeEach(async () => {
  world = await temporaryInstallation();
});
afterEach(() => world.remove());

const fileOf = (text: string, name = "otters.jsonl") => bytesInNode(name, new TextEncoder().encode(text));
const terms = { name: "Otters", revision: "v2", licence: "CC-BY-4.0", useCase: "open QA" as const };

async function bring(text: string, name?: string, ctx = world.as.admin) {
  const file = fileOf(text, name);
  return importFile(doorOf(ctx), file, await surveyFile(file), terms);
}

const jsonl = (...rows: unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const asked = { prompt: "What do otters eat?", completion: "Fish." };
const some = jsonl(asked, { ...asked, completion: "Crabs." }, { prompt: "Do they swim?" }, asked);

/** Everything but what keeps time and requests. */
async function stored() {
  const { request: _, ...rest } = await contentsOf(world.db);
  return rest;
}

describe("a file", () => {
  test("comes in as prompts and demonstrations, which name it and nobody as their author", async () => {
    expect(await bring(some)).toMatchObject({ prompts: 2, demonstrations: 2, repeated: 1, leftOut: 0 });
    const { items } = await listPrompts(world.as.writer, { limit: 10 });
    expect(items).toMatchObject([
      { text: "Do they swim?", author: "Otters", source: "Otters", useCase: "open QA", demonstrations: 0 },
      { text: "What do otters eat?", author: "Otters", source: "Otters", demonstrations: 2 },
    ]);
    expect(await listImports(world.as.reviewer)).toMatchObject([
      {
        name: "Otters",
        revision: "v2",
        licence: "CC-BY-4.0",
        format: "trl-completion",
        by: "admin",
        prompts: 2,
        demonstrations: 2,
        rows: 4,
        leftOut: 0,
      },
    ]);
    const events = await listEvents(world.db, { limit: 10 });
    expect(events.map(({ verb }) => verb)).toEqual(["dataSource.finish", "dataSource.addRows", "dataSource.create"]);
    expect(events[0]?.subject.name).toBe("Otters");
  });

  test("adds nothing the second time, whatever it is called and packed in", async () => {
    await bring(some);
    const before = await stored();
    expect(await bring(some, "again.jsonl")).toMatchObject({ prompts: 0, demonstrations: 0, repeated: 4 });
    expect(await stored()).toEqual(before);
    const list = JSON.stringify(
      some
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    );
    expect(await bring(list, "otters.json")).toMatchObject({ prompts: 0, demonstrations: 0, repeated: 4 });
    expect((await stored()).prompt).toEqual(before.prompt);
  });

  test("of several batches comes in whole, in its order, and after a stop goes on", async () => {
    const rows = Array.from({ length: 1_201 }, (_, i) => ({ prompt: `Question ${i}?` }));
    const file = fileOf(jsonl(...rows));
    const stop = new AbortController();
    const survey = await surveyFile(file);
    const halves = importFile(doorOf(world.as.admin), file, survey, {
      ...terms,
      signal: stop.signal,
      onRows: () => stop.abort(new Error("Stopped.")),
    });
    await expect(halves).rejects.toThrow("Stopped.");
    expect(await listImports(world.as.admin)).toMatchObject([{ prompts: 500, finishedAt: null, rows: null }]);
    expect(await bring(jsonl(...rows))).toMatchObject({ prompts: 701, repeated: 500 });
    expect(await listImports(world.as.admin)).toMatchObject([{ prompts: 1_201, rows: 1_201 }]);
    const lines = await listed(promptLines(inTests(world.db)));
    expect(lines.map((line) => JSON.parse(line).prompt)).toEqual(rows.map(({ prompt }) => prompt));
  });

  test("that was changed since it was looked into is not taken for whole", async () => {
    const survey = await surveyFile(fileOf(some));
    const changed = importFile(doorOf(world.as.admin), fileOf(`${some}\n`), survey, terms);
    await expect(changed).rejects.toThrow("The file was changed while it came in");
    expect(await listImports(world.as.admin)).toMatchObject([{ finishedAt: null }]);
  });

  test("of no known format is refused", async () => {
    const before = await stored();
    await expect(bring(jsonl({ question: "Hi?", answer: "Yes." }))).rejects.toThrow(
      'The format of the file is not known. Its first row has the fields "question", "answer"; read are Rankloop, ',
    );
    expect(await stored()).toEqual(before);
  });

  test("has its bad rows counted and named by number, and all but these come in", async () => {
    const text = `${jsonl(asked)}{"prompt":\n\n${jsonl({ prompt: " " }, { prompt: "So?" })}`;
    const { survey } = await surveyFile(fileOf(text));
    expect(survey).toMatchObject({ rows: 4, bad: 2 });
    expect(survey.problems).toEqual([
      { number: 2, reason: "It is not whole JSON." },
      { number: 4, reason: "The prompt is empty: write something first." },
    ]);
    expect(await bring(text)).toMatchObject({ prompts: 2, demonstrations: 1, leftOut: 2 });
    expect(await listImports(world.as.admin)).toMatchObject([{ rows: 4, leftOut: 2 }]);
  });
});

test("a user is in one split, whatever comes in and in whatever order", async () => {
  const row = fc.record(
    {
      user: fc.constantFrom("ada", "bo", "cy", "di", "ed", "flo"),
      split: fc.constantFrom(...splits),
      completion: fc.constantFrom("Fish.", "Crabs."),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(row, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 }),
      async (files) => {
        const project = await addProject(world.db);
        for (const [file, rows] of files.entries()) {
          const said = rows.map((one, at) => ({
            prompt: `What do otters eat on day ${file}, at ${at}?`,
            use_case: "chat",
            ...one,
          }));
          await bring(jsonl(...said), `${file}.jsonl`, { ...world.as.admin, project });
        }
        const rows = await runSql(
          world.db,
          `select distinct external_author, split from prompt where external_author is not null and project_id = '${project}'`,
        );
        const users = rows.map(([user]) => user);
        expect(users).toEqual([...new Set(users)]);
      },
    ),
    { numRuns: 25 },
  );
});

describe("rows that a program sends", () => {
  const hash = "0".repeat(64);
  const begin = () => beginImport(world.as.reviewer, { ...terms, hash, format: "trl-completion" });
  const addTo = (id: string, rows: unknown[], leaveOutBad: boolean) =>
    importRows(world.as.reviewer, { id, rows, useCase: "other", leaveOutBad });

  test("are looked into without a trace", async () => {
    const before = await stored();
    expect(await previewRows(world.as.reviewer, { rows: [asked, { prompt: 5 }, { prompt: "So?" }] })).toMatchObject({
      format: "trl-completion",
      title: "TRL prompt-completion",
      rows: 3,
      counts: { prompts: 1, demonstrations: 1, answers: 0, rankings: 0 },
      first: [
        { kind: "demonstration", messages: [{ role: "user", content: "What do otters eat?" }], answers: ["Fish."] },
        { kind: "prompt", messages: [{ role: "user", content: "So?" }], answers: [] },
      ],
      problems: [{ number: 2, reason: '"prompt": a text, or turns: [{"role", "content"}, …].' }],
      bad: 1,
      refusal: null,
    });
    expect(await stored()).toEqual(before);
  });

  test("come in all or not at all, unless bad ones may be left out", async () => {
    const { id } = await begin();
    const before = await stored();
    await expect(addTo(id, [asked, { prompt: "" }], false)).rejects.toThrow(
      "Row 2 cannot be read, and nothing was stored: The prompt is empty: write something first.",
    );
    expect(await stored()).toEqual(before);
    expect(await addTo(id, [asked, { prompt: "" }], true)).toEqual({
      prompts: 1,
      demonstrations: 1,
      comparisons: 0,
      rankings: 0,
      repeated: 0,
      problems: [{ number: 2, reason: "The prompt is empty: write something first." }],
    });
  });
});

describe("what this project exported", () => {
  const lines = async (project?: string) => {
    const of = project === undefined ? inTests(world.db) : { db: world.db, project };
    const made = [
      await listed(demonstrationLines(of, { format: "conversational" })),
      await listed(promptLines(of, { format: "conversational" })),
    ];
    return made.map((all) => all.map((line) => `${line}\n`).join(""));
  };

  test("adds nothing to it, and to another project all of it, as it was", async () => {
    const turns = ["system", "user", "assistant", "user"].map((role, i) => ({
      role: role as "user",
      content: `${role} ${i}`,
    }));
    for (const prompt of ["What do otters eat?", "What do otters eat?", turns]) {
      world.clock.now += 1_000;
      await createPrompt(world.as.writer, plain(prompt, "extract", "Fish."));
    }
    const [demonstrations = "", prompts = ""] = await lines();
    const before = (await stored()).prompt;
    expect(await bring(demonstrations)).toMatchObject({ prompts: 0, demonstrations: 0, repeated: 3 });
    expect(await bring(prompts)).toMatchObject({ prompts: 0, demonstrations: 0, repeated: 3 });
    expect((await stored()).prompt).toEqual(before);
    const project = await addProject(world.db, "second");
    const there = { ...world.as.admin, project };
    expect(await bring(prompts, "p.jsonl", there)).toMatchObject({ prompts: 3, demonstrations: 0 });
    expect(await bring(demonstrations, "d.jsonl", there)).toMatchObject({ prompts: 0, demonstrations: 3 });
    const withoutIds = (text: string) => text.replaceAll(/"(prompt|demonstration)_id":"[^"]*",?/g, "");
    expect((await lines(project)).map(withoutIds)).toEqual([demonstrations, prompts].map(withoutIds));
  });
});

describe("a prompt and a demonstration that came in", () => {
  const promptId = async () => (await listPrompts(world.as.admin, { limit: 1 })).items[0]?.id ?? "";
  const demonstration = async () => {
    await bring(jsonl(asked));
    const { items } = await listDemonstrations(world.as.reviewer, { of: "others", limit: 10 });
    return items[0]!;
  };

  test("are reviewed by anyone who reviews, and revised by nobody", async () => {
    const { id, author, source } = await demonstration();
    expect([author, source]).toEqual(["Otters", "Otters"]);
    expect((await overview(world.as.reviewer)).demonstrationsToReview).toBe(1);
    await reviewDemonstration(world.as.reviewer, { id, rating: 6, returned: false, comment: "" });
    expect((await overview(world.as.reviewer)).demonstrationsToReview).toBe(0);
    await expect(reviseDemonstration(world.as.writer, { id, text: "Fish" })).rejects.toThrow(
      "Only its author may revise",
    );
  });

  test("are changed and deleted by leads, and what was answered before is kept", async () => {
    const { id } = await demonstration();
    const prompt = await promptId();
    const edited = { id: prompt, ...plain("What do sea otters eat?") };
    await expect(editPrompt(world.as.writer, edited)).rejects.toThrow("somebody else's");
    const next = await editPrompt(world.as.reviewer, edited);
    // The demonstration answers the words that came in.
    expect(next.id).not.toBe(prompt);
    expect((await getPrompt(world.as.admin, { id: prompt })).demonstrationList.map((one) => one.id)).toEqual([id]);
    expect(await bring(jsonl(asked))).toMatchObject({ prompts: 0, demonstrations: 0, repeated: 1 });
    await removePrompt(world.as.reviewer, { id: prompt });
    expect((await stored()).demonstration).toEqual([]);
  });

  test("are beside what people write, and are ranked with models' answers", async () => {
    await addTinyModels(world);
    const { id } = await demonstration();
    await createDemonstration(world.as.writer, { promptId: await promptId(), text: "Crabs." });
    await reviewDemonstration(world.as.reviewer, { id, rating: 6, returned: false, comment: "" });
    const asking = { ...settings, promptId: await promptId(), k: 2, written: [{ demonstrationId: id }] };
    const made = await createComparison(world.as.writer, asking);
    const [source] = await listImports(world.as.admin);
    const written = (await stored()).candidate?.filter(({ text }) => text !== "");
    expect(written).toMatchObject([
      { text: "Fish.", comparisonId: made.id, sourceId: source?.id, authorId: null, modelId: null },
    ]);
    await writeWaiting(world.as.writer, made.id, ["Crabs.", "Sand."]);
    const { candidates } = await viewComparison(world.as.admin, { id: made.id });
    expect(candidates.map(({ text }) => text).toSorted()).toEqual(["Crabs.", "Fish.", "Sand."]);
  });

  test("go with their project", async () => {
    await bring(jsonl(asked));
    await removeProject(world.as.admin, { name: "practice" });
    const { prompt, demonstration, data_source } = await stored();
    expect([prompt, demonstration, data_source]).toEqual([[], [], []]);
  });
});
