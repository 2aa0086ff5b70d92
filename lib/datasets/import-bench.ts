// How fast a file of prompts comes in, and in how much memory: `node lib/datasets/import-bench.ts [lines]`, by itself or as a part
// of npm run bench. RANKLOOP_DATABASE names a server to bring it into, in a project of its own; else it is a new file.
import { fork } from "node:child_process";
import { mkdtempSync, rmSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bySystem } from "../../db/change.ts";
import { checkpointLog, closeDatabase, openDatabase } from "../../db/client.ts";
import { migrate } from "../../db/migrate.ts";
import { insertProject } from "../../db/queries/projects.ts";
import { type Context, inProject } from "../context.ts";
import { addPerson } from "../project/members.ts";
import { fileInNode } from "./files/in-node.ts";
import { importFile, surveyFile } from "./import-file.ts";
import { doorOf } from "./imports.ts";

const lines = Number(process.argv[2] ?? 100_000);
const directory = mkdtempSync(join(tmpdir(), "rankloop-bench-"));
const actor = { id: "", username: "shell", name: "The shell", isAdmin: true, isShell: true };

try {
  const path = join(directory, "prompts.jsonl");
  await writePrompts(path);
  const address = process.env.RANKLOOP_DATABASE ?? join(directory, "rankloop.sqlite");
  await migrate(address);
  const db = openDatabase(address);
  const made = await insertProject(bySystem(db), {
    name: `Bench ${Date.now()}`,
    members: [],
    guidelines: { write: "", rank: "" },
    settings: {},
  });
  if (made === "taken") throw new Error("There is such a project already.");
  const ctx = await inProject({ db, actor }, made.id);
  const labeler = await somebodyRanking(ctx);
  const file = fileInNode(path);
  const idle = process.memoryUsage().rss;
  let highest = idle;
  let batches = 0;
  const onRows = async () => {
    highest = Math.max(highest, process.memoryUsage().rss);
    if (++batches % 10 === 0) await checkpointLog(db);
  };
  const cpu = process.cpuUsage();
  const began = performance.now();
  const surveyed = await surveyFile(file, { onRows });
  const looked = performance.now();
  const terms = { name: "prompts.jsonl", revision: "", licence: "", useCase: "other" as const };
  const report = await importFile(doorOf(ctx), file, surveyed, { ...terms, onRows });
  const ended = performance.now();
  const { user, system } = process.cpuUsage(cpu);
  if (report.prompts !== lines) throw new Error(`${report.prompts} of ${lines} prompts came in.`);
  const rate = (ms: number) => `${Math.round(lines / (ms / 1_000)).toLocaleString("en")} lines/s`;
  writeSync(
    1,
    `Import of ${lines.toLocaleString("en")} prompt lines: ${rate(ended - began)} (looking into the file ${rate(looked - began)}, storing ${rate(ended - looked)}), ${((user + system) / lines).toFixed(0)} µs of processor a line, at most ${Math.round((highest - idle) / 2 ** 20)} MB above idle.\n`,
  );
  writeSync(1, `Meanwhile: ${(await labeler.waits()).join("; ")}.\n`);
  await closeDatabase(db);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** A labeler with something to rank, who asks for it until `waits` is called. */
async function somebodyRanking(ctx: Context) {
  const username = `labeler-${Date.now()}`;
  const person = await addPerson(ctx, { username, name: "Ada", password: `otters ${username}`, role: "labeler" });
  const door = doorOf(ctx);
  const about = { name: "answers", revision: "", licence: "", hash: "0".repeat(64), format: "rankloop" as const };
  const { id } = await door.begin(about);
  const rows = Array.from({ length: 500 }, (_, i) => ({
    prompt: `Which of ${i}?`,
    answers: ["One.", "Two.", "Three."],
  }));
  await door.addRows({ id, rows, useCase: "other", leaveOutBad: true });
  const { db, project } = ctx;
  const actor = { ...person, isAdmin: false };
  const child = fork(new URL("./import-bench-labeler.ts", import.meta.url), [
    JSON.stringify({ address: db.file, project, actor }),
  ]);
  return {
    waits: () =>
      new Promise<string[]>((resolve, reject) => {
        child.once("message", (waits) => resolve(waits as string[]));
        child.once("exit", (code) => reject(new Error(`The labeler ended with ${code}.`)));
        child.send("over");
      }),
  };
}

/** Lines of about 250 characters, no two alike. */
async function writePrompts(path: string): Promise<void> {
  await using file = await open(path, "w");
  const rest =
    "What do sea otters eat in winter, and how do they keep warm while they sleep on the open water? ".repeat(2);
  for (let at = 0; at < lines; at += 1_000) {
    const some = Array.from(
      { length: Math.min(1_000, lines - at) },
      (_, i) => `${JSON.stringify({ prompt: `${at + i}. ${rest}` })}\n`,
    );
    await file.write(some.join(""));
  }
}
