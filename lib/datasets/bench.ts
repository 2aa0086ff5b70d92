// As many rankings as InstructGPT's reward model learned from (33,207 prompts, K 4-9: 640,000 pairs) out as each kind of file: how
// long it takes, and how much memory above that of an idle process. Each in a process of its own, whose memory is then its own.
// Run alone: node lib/datasets/bench.ts
import { execFileSync } from "node:child_process";
import { createWriteStream, statSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { openDatabase } from "../../db/client.ts";
import { addModel, addUser, inTests, runSql, temporaryDatabase, testProject } from "../../db/database.fixture.ts";
import { peakMb, report, residentMb } from "../../models/bench/measure.ts";
import type { Asked } from "./choices.ts";
import { exportRows, noTally, planOf } from "./export.ts";
import { outFile } from "./out-file.ts";

const prompts = 33_207;

const files: [what: string, asked: Asked][] = [
  ["pairs as JSON lines", { dataset: "comparisons" }],
  ["pairs as JSON lines, TRL", { dataset: "comparisons", format: "trl" }],
  ["pairs as JSON lines, gzip", { dataset: "comparisons", gzip: true }],
  ["pairs as CSV", { dataset: "comparisons", file: "csv" }],
  ["pairs as Parquet", { dataset: "comparisons", file: "parquet" }],
  ["whole rankings as JSON lines", { dataset: "rankings" }],
];

interface Measured {
  seconds: number;
  /** Of the processor, which others do not take away. */
  cpuSeconds: number;
  lines: number;
  megabytes: number;
  /** Above what the process had before. */
  memoryMb: number;
}

/** In the child: one file. */
async function measure(address: string, file: string, asked: Asked): Promise<Measured> {
  const db = openDatabase(address);
  for await (const _ of exportRows(inTests(db), planOf({ dataset: "prompts", until: 0 }), noTally()));
  const idle = residentMb();
  const start = performance.now();
  const before = process.cpuUsage();
  const plan = planOf(asked);
  const tally = noTally();
  await pipeline(outFile(plan, exportRows(inTests(db), plan, tally)), createWriteStream(file));
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  return {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    lines: tally.lines,
    megabytes: statSync(file).size / 1e6,
    memoryMb: peakMb() - idle,
  };
}

/** Answers of some 60 tokens; every fourth holds a character beyond Latin-1, which takes two bytes in memory. */
const text = (characters: number, of: string) =>
  `'It is' || case ${of} % 4 when 0 then '\u2019' else '''' end || 's so, "they" say: ' || substr(hex(zeroblob(400)), 1, ${characters} + ${of} % 50) || char(10)`;

const numbers = (last: number) => `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${last})`;

async function fill(run: (sql: string) => Promise<unknown>, { model, user }: { model: string; user: string }) {
  const k = "(4 + i % 6)";
  await run(`insert into prompt (id, project_id, kind, text, use_case, split, created_at)
    ${numbers(prompts)} select 'p' || i, '${testProject}', 'plain', ${text(150, "i")} || i, 'chat', 'train', 0 from n`);
  await run(`insert into prompt_message (prompt_id, position, role, content) select id, 0, 'user', text from prompt`);
  await run(`insert into comparison (id, project_id, prompt_id, k, state, still_wanted, created_by, created_at)
    ${numbers(prompts)} select 'c' || i, '${testProject}', 'p' || i, ${k}, 'ready', 0, '${user}', 0 from n`);
  await run(`insert into candidate (id, comparison_id, position, model_id, temperature, top_p, max_tokens, seed, state, text, finish)
    with recursive place(j) as (select 0 union all select j + 1 from place where j < 8)
    select comparison.id || '-' || j, comparison.id, j, '${model}', 1, 1, 64, j, 'done', ${text(250, "(seq + j)")} || j, 'stop'
    from comparison join place on j < comparison.k`);
  await run(`insert into assignment (id, project_id, comparison_id, labeler_id, state, lease_until, created_at, ended_at)
    select 'a' || id, project_id, id, '${user}', 'submitted', 0, 0, 1 from comparison`);
  await run(`insert into ranking (id, project_id, assignment_id, version, comparison_id, labeler_id, k, strict, tied, submitted_at)
    select 'r' || id, project_id, 'a' || id, 1, id, '${user}', k, k * (k - 1) / 2, 0, 1 from comparison`);
  await run(`insert into ranking_tier (ranking_id, candidate_id, tier, position)
    select 'r' || comparison_id, id, 1 + position, position from candidate`);
}

async function bench(): Promise<void> {
  console.log(`Export: ${prompts.toLocaleString("en")} rankings of 4 to 9 answers`);
  const { db, directory, remove } = await temporaryDatabase();
  try {
    const run = (sql: string) => runSql(db, sql);
    await fill(run, { model: await addModel(db), user: await addUser(db, "labeler") });
    for (const [what, asked] of files) {
      const given = [import.meta.filename, db.file, join(directory, "out"), JSON.stringify(asked)];
      const { seconds, cpuSeconds, lines, megabytes, memoryMb }: Measured = JSON.parse(
        String(execFileSync(process.execPath, given)),
      );
      const beside = `${lines.toLocaleString("en")} lines, ${Math.round(megabytes)} MB, ${Math.round(memoryMb)} MB of memory, ${cpuSeconds.toFixed(1)} s of processor`;
      report(what, `${seconds.toFixed(1)} s`, beside);
    }
  } finally {
    remove();
  }
}

const [, , address, file, asked] = process.argv;
if (address && file && asked) console.log(JSON.stringify(await measure(address, file, JSON.parse(asked))));
else await bench();
