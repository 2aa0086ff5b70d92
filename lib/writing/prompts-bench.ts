// How fast lists, searches and counts of prompts and the next assignment answer with a million prompts in the database, on both
// engines: `node lib/writing/prompts-bench.ts [prompts]`, by itself or as a part of npm run bench.
import { addModel, addUser, inTests, runSql, temporaryDatabase, testProject } from "../../db/database.fixture.ts";
import startPostgres from "../../db/postgres-server.fixture.ts";
import { report, timed } from "../../models/bench/measure.ts";
import type { Context } from "../context.ts";
import { nextAssignment } from "../ranking/assignments.ts";
import type { ListOrder } from "../vocabulary/labeling.ts";
import type { PromptFilter } from "../vocabulary/shapes.ts";
import { countPrompts, listPrompts } from "./prompts.ts";

const prompts = Number(process.argv[2] ?? 1_000_000);
const calls = 100;

/** What people ask for: common and rare words, beginnings, none that fit; each filter, those that fit few among them. */
const asked: [what: string, filter: PromptFilter & { order?: ListOrder }][] = [
  ["all, newest first", {}],
  ["all, oldest first", { order: "oldest" }],
  ["a word of all", { search: "otters" }],
  ["a word of all, oldest first", { search: "otters", order: "oldest" }],
  ["a word of a tenth", { search: "harbour7" }],
  ["a word of one", { search: "lantern77777" }],
  ["two words, one of all", { search: "otters lantern77777" }],
  ["a beginning of all", { search: "o" }],
  ["a beginning of many", { search: "harbour" }],
  ["a word of none", { search: "giraffe" }],
  ["a piece of Japanese", { search: "食べ" }],
  ["a word and a use case", { search: "harbour7", useCase: "chat" }],
  ["a common word and a rare use case", { search: "otters", useCase: "rewrite" }],
  ["a use case", { useCase: "chat" }],
  ["a rare use case", { useCase: "rewrite" }],
  ["a rare kind", { kind: "few-shot" }],
  ["an author", { by: "labeler" }],
  ["a large file", { source: "s1" }],
  ["a small file", { source: "s0" }],
  ["without answers", { state: "unanswered" }],
  ["rankings wanted", { state: "wanting" }],
  ["ranked", { state: "ranked" }],
  ["without a demonstration", { state: "undemonstrated" }],
  ["archived", { state: "archived" }],
];

const numbers = (last: number) => `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${last})`;

async function fill(run: (sql: string) => Promise<unknown>, { model, user }: { model: string; user: string }) {
  for (const source of ["s0", "s1"])
    await run(`insert into data_source (id, project_id, name, revision, licence, hash, format, created_at)
      values ('${source}', '${testProject}', '${source}', '', '', '${source}', 'lines', 0)`);
  const text = `'What do otters eat near harbour' || (i % 1000) || ', says the keeper of lantern' || i || ', when it is cold?'
    || case when i % 100000 = 0 then 'カワウソは何を食べますか' else '' end`;
  await run(`insert into prompt (id, project_id, kind, text, use_case, split, instruction, query, archived_at, author_id,
      source_id, import_key, created_at)
    ${numbers(prompts)} select 'p' || i, '${testProject}', case when i % 5000 = 1 then 'few-shot' else 'plain' end, ${text},
      case when i % 20000 = 3 then 'rewrite' when i % 3 = 0 then 'chat' else 'open QA' end, 'train',
      case when i % 5000 = 1 then 'Do.' end, case when i % 5000 = 1 then 'It.' end,
      case when i % 50 = 7 then 1 end, case when i % 10 = 1 then '${user}' end,
      case when i % 10 = 1 then null when i % 10000 = 2 then 's0' else 's1' end,
      case when i % 10 = 1 then null else 'k' || i end, i from n`);
  await run(`insert into prompt_message (prompt_id, position, role, content) select id, 0, 'user', text from prompt`);
  // The oldest fifth has demonstrations, the oldest tenth answers, of which few are still to be ranked.
  await run(`insert into demonstration (id, project_id, prompt_id, text, author_id, created_at)
    ${numbers(prompts / 5)} select 'd' || i, '${testProject}', 'p' || i, 'Fish.', '${user}', i from n`);
  await run(`insert into comparison (id, project_id, prompt_id, k, state, still_wanted, created_by, created_at)
    ${numbers(prompts / 10)} select 'c' || i, '${testProject}', 'p' || i, 2, 'ready', case when i % 50 = 0 then 1 else 0 end,
      '${user}', i from n`);
  await run(`insert into candidate (id, comparison_id, position, model_id, temperature, top_p, max_tokens, seed, state, text, finish)
    with recursive place(j) as (select 0 union all select j + 1 from place where j < 1)
    select comparison.id || '-' || j, comparison.id, j, '${model}', 1, 1, 64, j, 'done', 'Fish ' || j, 'stop'
    from comparison cross join place`);
}

/** The time below which 99 of a hundred calls stay, ms. */
async function slowest(run: () => Promise<unknown>): Promise<string> {
  await run();
  const times: number[] = [];
  for (let i = 0; i < calls; i++) {
    times.push(await timed(run));
    // What is hopeless is not asked a hundred times.
    if (times.reduce((sum, one) => sum + one) > 20_000) break;
  }
  times.sort((one, other) => one - other);
  return `${(times[Math.ceil(times.length * 0.99) - 1] ?? 0).toFixed(1)} ms`;
}

async function bench(engine: string, analyse: string): Promise<void> {
  const { db, remove } = await temporaryDatabase();
  try {
    const run = (sql: string) => runSql(db, sql);
    const user = await addUser(db, "labeler");
    const began = performance.now();
    await fill(run, { model: await addModel(db), user });
    await run(analyse);
    console.log(
      `${engine}: ${prompts.toLocaleString("en")} prompts, made in ${Math.round((performance.now() - began) / 1000)} s. 99 of 100 calls, list and count:`,
    );
    const actor = { id: user, username: "labeler", name: "labeler", isAdmin: false, role: "labeler" as const };
    let now = 1;
    const ctx: Context = { ...inTests(db), actor, now: () => now };
    for (const [what, { order, ...filter }] of asked) {
      const list = await slowest(() => listPrompts(ctx, { ...filter, ...(order ? { order } : {}), limit: 30 }));
      report(what, list, await slowest(() => countPrompts(ctx, filter)));
    }
    const next = async () => {
      // Leases run out, so that there is always a next one to claim.
      now += 10 * 60 * 60_000;
      await nextAssignment(ctx);
    };
    report("the next assignment", await slowest(next));
  } finally {
    remove();
  }
}

await bench("SQLite", "analyze");
const stop = await startPostgres();
try {
  process.env.RANKLOOP_TEST_ENGINE = "postgres";
  await bench("PostgreSQL", "vacuum analyze");
} finally {
  await stop();
}
