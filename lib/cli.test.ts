// The commands as a shell runs them: their own process, real models, exit codes and what stands on stdout and stderr.
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { closeDatabase } from "../db/client.ts";
import { addComparison, addModel, addProject, contentsOf, inTests, temporaryDatabase } from "../db/database.fixture.ts";
import { readModel, writeModel } from "../models/gpt/checkpoint.ts";
import { writeHugeModel } from "../models/train/models.fixture.ts";
import { plain, ranked } from "./installation.fixture.ts";
import { isLock, takeLock } from "./launch/lock.mjs";
import { setPassword } from "./project/password-reset.ts";
import { nextAssignment } from "./ranking/assignments.ts";
import { submitRanking } from "./ranking/submit.ts";
import { writeTinyModel } from "./worker/tiny-model.fixture.ts";
import { createPrompt } from "./writing/prompts.ts";

// A test starts up to thirty processes, each of which takes ten seconds where the machine has much else to do.
vi.setConfig({ testTimeout: 900_000 });

const cli = join(import.meta.dirname, "cli.mjs");
let dir: string;
let lm: string;
let pairs: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "rankloop-cli-"));
  lm = join(dir, "lm");
  await writeTinyModel(lm);
  pairs = join(dir, "pairs.jsonl");
  writeFileSync(pairs, comparisons(24));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Prompts with three answers each, of which the one about fish is always preferred. */
function comparisons(prompts: number): string {
  const lines = Array.from({ length: prompts }, (_, i) =>
    ["They like sand.", "They sleep."].map((rejected) =>
      JSON.stringify({ prompt: `What do otters eat on day ${i}?`, chosen: "Otters eat fish.", rejected }),
    ),
  );
  return `${lines.flat().join("\n")}\n`;
}

interface Ran {
  code: number | null;
  out: string;
  err: string;
}

function start(args: string[], env: Record<string, string> = {}): { child: ChildProcess; ran: Promise<Ran> } {
  const child = spawn(process.execPath, [cli, ...args], {
    env: { ...process.env, RANKLOOP_DATA: join(dir, "data"), ...env },
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  return { child, ran: new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err }))) };
}
const run = (...args: string[]) => start(args).ran;

test("an old Node is refused with one sentence, before any TypeScript is read", () => {
  const script = `
    Object.defineProperty(process.versions, "node", { value: "20.19.0" });
    await import(${JSON.stringify(pathToFileURL(cli).href)});`;
  const args = ["--no-strip-types", "--input-type=module", "-e", script];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect({ status, stdout, stderr }).toEqual({
    status: 1,
    stdout: "",
    stderr: `Rankloop runs on Node 24 or newer, and this is Node 20.19.0: use "npm run -s rankloop -- …", which brings its own.\n`,
  });
});

describe("bad input ends with exit code 2 and one sentence, and writes nothing", () => {
  const cases: [string, string[], RegExp][] = [
    ["an unknown option", ["generate", "hello", "--frobnicate"], /^Unknown option '--frobnicate'\.$/],
    ["an unknown command", ["frobnicate"], /^There is no command "frobnicate": see rankloop --help\.$/],
    ["its help", ["frobnicate", "--help"], /^There is no command "frobnicate": see rankloop --help\.$/],
    ["help about it", ["help", "frobnicate"], /^There is no command "frobnicate": see rankloop --help\.$/],
    [
      "an unknown command of a group",
      ["train", "frobnicate", "--help"],
      /^There is no command "frobnicate": see rankloop train --help\.$/,
    ],
    ["K too large", ["generate", "hello", "-k", "10"], /K is a whole number from 1 to 9\.$/],
    ["K too small", ["generate", "hello", "-k", "0"], /K is a whole number from 1 to 9\.$/],
    ["K no number", ["generate", "hello", "-k", "four"], /K is a whole number from 1 to 9\.$/],
    [
      "a folder to export to that is not there",
      ["export", "comparisons", "--out", "OUT/pairs.jsonl"],
      /^There is no folder \S+\/never: make it first, or choose another\.$/,
    ],
    [
      "a folder to train into that is not there",
      ["train", "reward", "--data", "PAIRS", "--model", "LM", "--out", "OUT/rm"],
      /^There is no folder \S+\/never: make it first, or choose another\.$/,
    ],
    [
      "a model that would be overwritten",
      ["train", "dpo", "--data", "PAIRS", "--model", "LM", "--out", "LM"],
      /^\S+\/lm holds a model already: choose another directory, or overwrite it with --force\.$/,
    ],
    [
      "a model that would be overwritten by pre-training",
      ["pretrain", "--out", "LM"],
      /^\S+\/lm holds a model already: choose another directory, or overwrite it with --force\.$/,
    ],
    [
      "a format that there is not",
      ["export", "model", "LM", "--format", "pickle", "--out", "OUT"],
      /Allowed choices are hf, onnx, gguf\.$/,
    ],
    [
      "a model that would be overwritten by an exported one",
      ["export", "model", "LM", "--format", "hf", "--out", "LM"],
      /^\S+\/lm is there already: choose another directory, or overwrite a model in it with --force\.$/,
    ],
    ["nothing to score", ["score", "--model", "LM", "--data", "EMPTY"], /\/empty\.jsonl has no answer in it\.$/],
    ["a negative temperature", ["generate", "hello", "--temperature=-1"], /The temperature is a number from 0 to 2\.$/],
    ["bits that there are not", ["generate", "hello", "--bits", "3"], /Allowed choices are 32, 8, 4\.$/],
    ["an empty prompt", ["generate", "  "], /^The prompt is empty: write something first\.$/],
    [
      "a prompt of 100,000 characters",
      ["generate", "x".repeat(100_000)],
      /^The prompt is too long: at most 20,000 characters\.$/,
    ],
    ["no model there", ["generate", "hello", "--model", "/nowhere/at/all"], /\/nowhere\/at\/all/],
    ["no data there", ["evaluate", "reward", "--model", "LM", "--data", "/nowhere.jsonl"], /\/nowhere\.jsonl\.$/],
    ["a missing option", ["train", "reward", "--data", "PAIRS"], /^Required option '--out <dir>' not specified\.$/],
    [
      "a setting out of bounds",
      ["train", "sft", "--data", "PAIRS", "--out", "OUT", "--epochs", "0"],
      /--epochs is a whole number from 1 to 100\.$/,
    ],
    [
      "a setting at a bound it may not have",
      ["train", "dpo", "--data", "PAIRS", "--model", "LM", "--out", "OUT", "--learning-rate", "0"],
      /^The setting "learningRate" should be more than 0\.$/,
    ],
    [
      "settings that do not fit together",
      ["train", "ppo", "--prompts", "PAIRS", "--model", "LM", "--reward-model", "LM", "--out", "OUT", "--batch", "30"],
      /^A batch of 30 episodes is not made of whole minibatches of 16\.$/,
    ],
    [
      "a language model asked to score",
      ["score", "--model", "LM", "--data", "PAIRS"],
      /language model, not a reward model\.$/,
    ],
    [
      "no installation to export from",
      ["export", "comparisons", "--out", "OUT"],
      /start Rankloop once with "npm start"/,
    ],
    ["a bad user name", ["user", "add", "a b c"], /^A user name has only letters, digits, dots and underscores\.$/],
    [
      "an unknown role",
      ["user", "add", "ada", "--role", "king"],
      /Allowed choices are admin, reviewer, engineer, labeler, writer, annotator\.$/,
    ],
    ["an unknown size", ["pretrain", "--out", "OUT", "--size", "huge"], /Allowed choices are small, medium, large\.$/],
  ];
  test.each(cases)("%s", async (_, args, sentence) => {
    const empty = join(dir, "empty.jsonl");
    writeFileSync(empty, "");
    const places: Record<string, string> = { LM: lm, PAIRS: pairs, OUT: join(dir, "never"), EMPTY: empty };
    const { code, out, err } = await run(
      ...args.map((arg) => arg.replace(/^[A-Z]+(?=$|\/)/, (name) => places[name] ?? name)),
    );
    expect(err.trim()).toMatch(sentence);
    expect(err.trim().split("\n")).toHaveLength(1);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(existsSync(join(dir, "never"))).toBe(false);
    expect(existsSync(join(dir, "data"))).toBe(false);
  });

  const truncated = `${JSON.stringify({ prompt: "p", chosen: "a", rejected: "b" })}\n{"prompt": "p", "cho`;
  test.each([
    ["a truncated line", Buffer.from(truncated), /bad\.jsonl:2: the line is not whole JSON\.$/],
    [
      "a line that is not UTF-8",
      Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d, 0x0a]),
      /bad\.jsonl:1: the line is not UTF-8 text\.$/,
    ],
    [
      "a line without an answer",
      Buffer.from('{"prompt": "p", "rejected": "b"}\n'),
      /bad\.jsonl:1: "chosen" is missing\.$/,
    ],
  ])("training on %s", async (_, content, sentence) => {
    const bad = join(dir, "bad.jsonl");
    writeFileSync(bad, content);
    const { code, out, err } = await run("train", "reward", "--data", bad, "--model", lm, "--out", join(dir, "never"));
    expect(err.trim()).toMatch(sentence);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(readdirSync(dir).filter((name) => name.startsWith("never"))).toEqual([]);
  });
});

test("every command explains itself", async () => {
  const commands = [
    "generate",
    "import",
    "export comparisons",
    "export demonstrations",
    "export prompts",
    "export model",
    "release create rankings",
    "release verify",
    "train sft",
    "train reward",
    "train dpo",
    "train ppo",
    "score",
    "serve",
    "evaluate reward",
    "evaluate policy",
    "pretrain",
    "user add",
  ];
  for (const command of commands) {
    const { code, out, err } = await run(...command.split(" "), "--help");
    expect({ command, code, err }).toEqual({ command, code: 0, err: "" });
    expect(out).toContain(`Usage: rankloop ${command} [options]`);
    expect(out).toContain("--json");
  }
});

test("names in capitals stay so in the help", async () => {
  const { out } = await run("train", "ppo", "--help");
  expect(out).toContain("KL aimed at: ");
  expect(out).toContain("price of KL (β): ");
  expect(out).not.toContain("kL");
});

test("a model is exported for other programs", async () => {
  for (const [format, files] of [
    ["hf", ["config.json", "model.safetensors"]],
    ["onnx", ["config.json", "onnx/model.onnx"]],
    ["gguf", ["model.gguf"]],
  ] as const) {
    const out = join(dir, `lm-${format}`);
    const { code, out: said, err } = await run("export", "model", lm, "--format", format, "--out", out, "--json");
    expect({ code, err, said: JSON.parse(said) }).toEqual({ code: 0, err: "", said: { model: lm, format, out } });
    for (const file of files) expect(existsSync(join(out, file))).toBe(true);
  }
});

test("answers repeat with their seed and differ without it", async () => {
  const args = ["generate", "What do otters eat?", "--model", lm, "-k", "3", "--max-tokens", "12", "--json"];
  const [first, again, other] = await Promise.all([
    run(...args, "--seed", "7"),
    run(...args, "--seed", "7"),
    run(...args),
  ]);
  const { answers, settings, prompt } = JSON.parse(first.out);
  expect(prompt).toBe("What do otters eat?");
  expect(settings).toMatchObject({ temperature: 0.7, topP: 1, maxTokens: 12, seed: 7 });
  const alone = await run(
    "generate",
    "What do otters eat?",
    "--model",
    lm,
    "-k",
    "1",
    "--max-tokens",
    "2",
    "--seed",
    "7",
  );
  expect(alone).toMatchObject({
    code: 0,
    err: expect.stringContaining("1 of 1 answers reached the longest length and were cut: raise --max-tokens.\n"),
  });
  expect(answers.map(({ seed }: { seed: number }) => seed)).toEqual([7, 8, 9]);
  expect(new Set(answers.map(({ text }: { text: string }) => text)).size).toBe(3);
  expect(JSON.parse(again.out).answers).toEqual(answers);
  expect(JSON.parse(other.out).answers).not.toEqual(answers);

  const smaller = JSON.parse((await run(...args, "--seed", "7", "--bits", "8")).out);
  expect(smaller.answers.map(({ seed }: { seed: number }) => seed)).toEqual([7, 8, 9]);

  const forPeople = await run(...args.slice(0, -1), "--seed", "7");
  expect(forPeople.out).toContain(`── 1 · seed 7 · ${answers[0].tokens} tokens\n${answers[0].text}`);
});

test("the database is backed up, also while Rankloop runs, and put back only while it does not", async () => {
  const { db, directory, remove } = await temporaryDatabase();
  const env = { RANKLOOP_DATA: directory };
  const backup = join(dir, "backup.sqlite");
  const rankloop = (...args: string[]) => start(["database", ...args], env).ran;
  const userAdd = (name: string) => start(["user", "add", name], env).ran;
  try {
    await userAdd("grace");
    const lock = takeLock(join(directory, "launcher.lock"));
    expect(JSON.parse((await rankloop("backup", backup, "--json")).out)).toMatchObject({ file: backup });
    await userAdd("ann");
    const again = await rankloop("backup", backup);
    expect(again).toMatchObject({ code: 2, err: `${backup} is there already: name a file that is not.\n` });
    const running = await rankloop("restore", backup);
    const held = `Rankloop runs on ${directory} (process ${process.pid}): stop it first.\n`;
    expect(running).toMatchObject({ code: 2, err: held });
    if (isLock(lock)) lock.release();
    expect(await rankloop("restore", join(dir, "nothing"))).toMatchObject({ code: 2 });
    closeDatabase(db);
    expect((await rankloop("restore", backup)).out).toMatch(
      /^Put .*backup\.sqlite back, with 1 account: everyone signs in again\. The former database is .*\.before-.* now\.\n$/,
    );
    expect(await userAdd("grace")).toMatchObject({ code: 2 });
    expect(await userAdd("ann")).toMatchObject({ code: 0 });
    truncateSync(join(directory, "rankloop.sqlite"), 0);
    rmSync(join(directory, "rankloop.sqlite-wal"), { force: true });
    const empty = await rankloop("backup", join(dir, "other.sqlite"));
    expect(empty).toMatchObject({ code: 2, err: expect.stringMatching(/^\/.*rankloop\.sqlite is empty, .*\n$/) });
  } finally {
    remove();
  }
});

test("a file is looked into, refused for a bad line, and imported without it; the second time it adds nothing", async () => {
  const { db, directory, remove } = await temporaryDatabase();
  const file = join(dir, "otters.jsonl.gz");
  const lines = ['{"prompt":"What do otters eat?","completion":"Fish."}', '{"prompt":', '{"prompt":"Do they swim?"}'];
  writeFileSync(file, gzipSync(lines.join("\n")));
  const rankloop = (...args: string[]) => start(["import", ...args], { RANKLOOP_DATA: directory }).ran;
  const looked =
    'otters.jsonl.gz is read as TRL prompt-completion (rows with "prompt", or "prompt" and "completion"): 1 prompt, 1 demonstration.\n' +
    "line 2: It is not whole JSON.\n";
  try {
    expect(await rankloop(file, "--dry-run")).toEqual({ code: 0, out: looked, err: "" });
    expect(JSON.parse((await rankloop(file, "--dry-run", "--json")).out)).toMatchObject({
      unit: "line",
      rows: 3,
      bad: 1,
    });
    expect(await rankloop(file)).toEqual({
      code: 2,
      out: "",
      err: `${looked}Nothing was imported, as 1 line cannot be read: mend it, or import all but it with --leave-out-bad.\n`,
    });
    expect((await contentsOf(db)).data_source).toEqual([]);
    expect(await rankloop(file, "--leave-out-bad", "--licence", "MIT", "--use-case", "chat")).toMatchObject({
      code: 0,
      out: "2 prompts and 1 demonstration came in; 1 row left out.\n",
    });
    expect(JSON.parse((await rankloop(file, "--leave-out-bad", "--json")).out)).toMatchObject({
      ...{ prompts: 0, demonstrations: 0, repeated: 2, leftOut: 1, rows: 3 },
    });
    const { data_source: sources, prompt: prompts } = await contentsOf(db);
    expect(sources).toMatchObject([{ name: "otters.jsonl.gz", licence: "MIT", rows: 3, leftOut: 1 }]);
    expect(prompts?.map(({ useCase }) => useCase)).toEqual(["chat", "chat"]);
    const other = await rankloop(lm);
    expect(other).toMatchObject({ code: 2, err: `${lm} is a directory, not a file.\n` });
    expect(await rankloop(join(dir, "nothing"))).toMatchObject({
      code: 2,
      err: `There is no ${join(dir, "nothing")}.\n`,
    });
  } finally {
    remove();
  }
});

test("accounts are looked after from the shell, and the last admin stays", async () => {
  const { db, directory, remove } = await temporaryDatabase();
  const user = (...args: string[]) => start(["user", ...args], { RANKLOOP_DATA: directory }).ran;
  const json = async (...args: string[]) => JSON.parse((await user(...args, "--json")).out);
  try {
    await user("add", "ada", "--role", "admin", "--admin");
    await user("add", "bob");
    const only = "This is the only admin of the installation: make someone else admin first.\n";
    expect(await user("deactivate", "ada")).toMatchObject({ code: 2, err: only });
    expect(await user("admin", "ada", "--revoke")).toMatchObject({ code: 2, err: only });
    expect(await user("role", "ada", "--role", "writer")).toMatchObject({
      code: 2,
      err: "This is the only admin of the project: make someone else admin first.\n",
    });
    expect((await user("role", "Bob", "--role", "reviewer")).out).toBe("bob is reviewer now.\n");
    expect(await json("deactivate", "bob")).toMatchObject({ username: "bob", active: false });
    expect((await user("list")).out).toBe(
      'ada · admin of the installation · admin of "practice": 0 rankings, 0 demonstrations\n' +
        'bob · closed · reviewer of "practice": 0 rankings, 0 demonstrations\n',
    );
    expect(await user("reset-password", "bob")).toMatchObject({
      code: 2,
      err: expect.stringContaining("open it first"),
    });
    expect((await user("activate", "bob")).out).toBe("bob may sign in now.\n");
    const { link } = await json("reset-password", "bob");
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:3000\/new-password#[\w-]{32}$/);
    const token = link.split("#")[1];
    await setPassword({ db, actor: null }, { token, password: "a better one" });
    expect((await user("sessions", "bob")).out).toBe("bob is signed in nowhere.\n");
    expect(await json("sessions", "bob", "--end")).toEqual({ ended: 0 });
    expect(await user("role", "cem", "--role", "admin")).toMatchObject({ code: 2, err: "There is no account cem.\n" });
    expect(await user("role", "bob")).toMatchObject({ code: 2 });
    expect((await user("admin", "bob")).out).toBe("bob administers the installation now.\n");
    expect((await user("admin", "ada", "--revoke")).out).toBe("ada no longer administers the installation.\n");

    await addProject(db, "o", "Otters");
    expect(await user("role", "bob", "--role", "writer")).toMatchObject({
      code: 2,
      err: 'There are several projects: say --project NAME, one of "practice", "Otters".\n',
    });
    await user("role", "bob", "--role", "writer", "--project", "otters");
    expect((await user("list")).out).toContain(
      'bob · admin of the installation · reviewer of "practice": 0 rankings, 0 demonstrations · writer of "Otters"',
    );
    expect(await user("role", "bob", "--role", "writer", "--project", "owls")).toMatchObject({
      code: 2,
      err: 'There is no project "owls": there are "practice", "Otters".\n',
    });
  } finally {
    remove();
  }
});

test("people are added, and what they made is exported to a file that is whole or as before", async () => {
  const { db, directory, remove } = await temporaryDatabase();
  try {
    const env = { RANKLOOP_DATA: directory };
    const added = await start(["user", "add", "grace", "--role", "reviewer", "--json"], env).ran;
    const grace = JSON.parse(added.out);
    expect(grace).toMatchObject({ username: "grace", role: "reviewer" });
    expect(grace.password.length).toBeGreaterThan(12);
    const annotator = await start(["user", "add", "ann", "--role", "annotator", "--json"], env).ran;
    expect(JSON.parse(annotator.out)).toMatchObject({ role: "annotator" });
    const twice = await start(["user", "add", "Grace"], env).ran;
    expect(twice).toMatchObject({ code: 2, err: "The user name Grace is taken: choose another.\n" });

    const actor = { id: grace.id, username: "grace", name: "grace", isAdmin: false, role: "reviewer" as const };
    const ctx = { ...inTests(db), actor };
    const demonstration = "Fish & <b>crabs</b>\u2028.";
    const prompt = plain("What do otters eat?", "open QA", demonstration);
    const { id: promptId } = await createPrompt(ctx, prompt);
    await addComparison(db, {
      promptId,
      modelId: await addModel(db),
      createdBy: grace.id,
      texts: ["Fish.", "Sand.", "Mud."],
    });
    const assignment = await nextAssignment(ctx);
    await submitRanking(ctx, { id: assignment?.id ?? "", ...ranked("B>A=C") });

    const file = join(dir, "comparisons.jsonl");
    const exported = await start(["export", "comparisons", "--out", file, "--json"], env).ran;
    expect(JSON.parse(exported.out)).toEqual({
      dataset: "comparisons",
      split: "all",
      format: "text",
      file,
      lines: 2,
      counts: expect.objectContaining({ read: 1, strict: 2, tied: 1, equal: 0, refused: 0 }),
    });
    expect(exported.err).toBe("3 pairs: 2 strict + 1 tied.\nTies make no line.\n");
    const whole = await start(["export", "rankings", "--out", "-", "--pseudonyms"], env).ran;
    const [{ labeler, ...ranking }] = whole.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(ranking).toMatchObject({ tiers: [[1], [0, 2]], answers: [{ text: "Fish." }, {}, {}] });
    expect(labeler).toMatch(/^labeler-[0-9a-f]{8}$/);
    expect((await start(["export", "rankings", "--out", "-", "--pseudonyms"], env).ran).out).toBe(whole.out);
    const kept = join(dir, "kept");
    expect(await start(["release", "create", "rankings", "--out", kept], env).ran).toMatchObject({ code: 0 });
    expect(await start(["release", "verify", kept], env).ran).toMatchObject({ code: 0, err: "" });
    const masked = ["release", "create", "rankings", "--out", `${kept}-masked`, "--pseudonyms", "--labelers", "ada"];
    expect(await start(masked, env).ran).toMatchObject({ code: 2 });
    writeFileSync(join(kept, "README.md"), "Mine.");
    const changed = await start(["release", "verify", kept, "--json"], env).ran;
    expect(changed).toMatchObject({ code: 1, err: "README.md was changed after the release was made.\n" });
    expect(JSON.parse(changed.out)).toMatchObject({ name: "kept", same: false });
    const packed = join(dir, "demonstrations.csv.gz");
    const csv = await start(["export", "demonstrations", "--file", "csv", "--gzip", "--out", packed], env).ran;
    expect(csv.out).toBe(`1 lines in ${packed}\n`);
    expect(gunzipSync(readFileSync(packed)).toString()).toContain('"What do otters eat?"'.slice(1, -1));
    const badDay = await start(["export", "prompts", "--from", "yesterday", "--out", "-"], env).ran;
    expect(badDay).toMatchObject({ code: 2, err: "yesterday is no day: write it like 2026-01-31.\n" });
    const pairs = readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(pairs).toMatchObject([
      { prompt: "What do otters eat?", chosen: "Sand.", rejected: "Fish.", k: 3, labeler: "grace" },
      { prompt: "What do otters eat?", chosen: "Sand.", rejected: "Mud.", k: 3, labeler: "grace" },
    ]);
    const onlyHeldOut = pairs.map((pair) => JSON.stringify({ ...pair, split: "test" }));
    writeFileSync(file, onlyHeldOut.join("\n"));
    const judge = join(dir, "held-out-judge");
    await writeTinyModel(judge, "reward");
    const measured = await run("evaluate", "reward", "--model", judge, "--data", file);
    expect(measured.out).toContain(
      'Only the file\'s held-out lines were read (split "valid" or "test"): 2 pairs of 1 prompt.\n',
    );
    const toStdout = await start(["export", "demonstrations", "--out", "-"], env).ran;
    expect(toStdout.out).toContain("\\u2028");
    expect(toStdout.out).not.toContain("\u2028");
    expect(JSON.parse(toStdout.out)).toMatchObject({ prompt: "What do otters eat?", completion: demonstration });
    const turns = await start(["export", "demonstrations", "--format", "conversational", "--out", "-"], env).ran;
    expect(JSON.parse(turns.out)).toMatchObject({
      prompt: [{ role: "user", content: "What do otters eat?" }],
      completion: [{ role: "assistant", content: demonstration }],
    });

    const prompts = await start(["export", "prompts", "--out", "-"], env).ran;
    expect(JSON.parse(prompts.out)).toMatchObject({ prompt: "What do otters eat?", prompt_id: promptId });

    const full = await start(["export", "comparisons", "--out", "/dev/full"], env).ran;
    expect(full).toMatchObject({ code: 1, err: "The disk is full: nothing was changed.\n" });
  } finally {
    remove();
  }
});

test("a reward model is trained, measured and used, all from the shell", async () => {
  const out = join(dir, "rm");
  const trained = await run(
    "train",
    "reward",
    "--data",
    pairs,
    "--model",
    lm,
    "--out",
    out,
    "--epochs",
    "8",
    "--learning-rate",
    "0.01",
    "--json",
  );
  expect(trained.err).toMatch(
    /^To learn from: 44 pairs of 22 prompts; held out: 2 prompts\.\nstep 1\/\d+ · loss 0\.\d+ · accuracy /,
  );
  expect(trained.code).toBe(0);
  const { dir: where, metrics } = JSON.parse(trained.out);
  expect(where).toBe(out);
  expect(metrics["eval/accuracy"]).toBe(1);
  expect(metrics["eval/longer_wins"]).toBe(1);
  expect(existsSync(join(out, "model.safetensors"))).toBe(true);
  expect(existsSync(`${out}.checkpoint`)).toBe(false);

  const measured = await run("evaluate", "reward", "--model", out, "--data", pairs);
  expect(measured.out).toMatch(
    // These pairs name no split, and the model was trained on most of them.
    /^The file names no split, .+: accuracy on all its pairs 100\.0 % \(95 % interval [\d.]+ % to 100\.0 %\)\.\n"The longer answer wins" gets 100\.0 %/,
  );

  const answers = join(dir, "answers.jsonl");
  const lines = [
    { prompt: "What do otters eat on day 3?", answer: "Otters eat fish." },
    { prompt: "What do otters eat on day 3?", chosen: "Otters eat fish.", rejected: "They sleep." },
  ];
  writeFileSync(answers, lines.map((line) => JSON.stringify(line)).join("\n"));
  const scored = await run("score", "--model", out, "--data", answers, "--json");
  const [single, pair] = scored.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(single).toEqual({ line: 1, score: pair.chosen_score });
  expect(pair.line).toBe(2);
  expect(pair.chosen_score).toBeGreaterThan(pair.rejected_score);
});

test("a reward model whose scores are no numbers is an error, and none is printed", async () => {
  const [whole, damaged] = [join(dir, "whole-judge"), join(dir, "damaged-judge")];
  await writeTinyModel(whole, "reward");
  const { config, weights } = await readModel(whole);
  // Finite in the file, but not when multiplied.
  weights.get("score.weight")!.data.fill(3.4e38);
  await writeModel(damaged, { config, kind: "reward", weights, dtype: "F32", tokenizerFrom: whole });
  for (const command of [["score"], ["evaluate", "reward"]]) {
    const { code, out, err } = await run(...command, "--model", damaged, "--data", pairs);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(
      /^\S+ gave an answer the score (NaN|-?Infinity): its weights are damaged, or far too large\.\n$/,
    );
  }
});

test("a policy is fine-tuned, practises and is measured, all from the shell", async () => {
  const demonstrations = join(dir, "demonstrations.jsonl");
  const asked = Array.from({ length: 12 }, (_, i) => `What do otters eat on day ${i}?`);
  const written = asked.map((prompt) => JSON.stringify({ prompt, completion: "Otters eat fish and crabs." }));
  writeFileSync(demonstrations, written.join("\n"));
  const judge = join(dir, "judge");
  await writeTinyModel(judge, "reward");

  const sft = join(dir, "sft");
  const numbers = ["--epochs", "4", "--batch", "4", "--learning-rate", "0.01", "--dropout", "0"];
  const tuned = await run("train", "sft", "--data", demonstrations, "--model", lm, "--out", sft, ...numbers);
  expect(tuned.out).toMatch(/^Its loss on held-out demonstrations is \d\.\d+\.\nThe model is in /);
  expect(tuned.code).toBe(0);

  const dpo = join(dir, "dpo");
  const ranked = ["--data", pairs, "--model", sft, "--out", dpo, "--json"];
  expect(JSON.parse((await run("train", "dpo", ...ranked)).out).metrics["eval/accuracy"]).toBeGreaterThanOrEqual(0);

  const ppo = join(dir, "ppo");
  const tiny = "--episodes 8 --batch 4 --minibatch 2 --answer-tokens 4 --normalise-on 4 --ptx-rows 1 --ptx-tokens 16";
  const practised = await run(
    ...["train", "ppo", "--prompts", demonstrations, "--model", sft, "--reward-model", judge, "--out", ppo],
    ...["--texts", "small-world", "--whiten-rewards", "--json", ...tiny.split(" ")],
  );
  expect(practised.err).toMatch(/step 1\/2 · objective\/score -?\d/);
  expect(JSON.parse(practised.out)).toMatchObject({ dir: ppo, metrics: { "train/prompts": 11, "eval/prompts": 1 } });

  const texts = join(dir, "plain.jsonl");
  writeFileSync(texts, Array.from({ length: 4 }, () => JSON.stringify({ text: "Otters eat fish." })).join("\n"));
  const models = ["--model", ppo, "--reference", sft, "--reward-model", judge];
  const measure = [
    "evaluate",
    "policy",
    ...models,
    "--prompts",
    demonstrations,
    "--texts",
    texts,
    "--answer-tokens",
    "4",
  ];
  const metrics = JSON.parse((await run(...measure, "--json")).out);
  expect(Math.abs(metrics["eval/kl"])).toBeLessThan(1);
  expect(metrics["eval/wins"]).toBeGreaterThanOrEqual(0);
  expect(metrics["eval/loss"]).toBeGreaterThan(0);
  const same = ["--model", sft, "--reference", sft, "--reward-model", judge, "--prompts", demonstrations];
  const itself = await run("evaluate", "policy", ...same, "--answer-tokens", "4");
  expect(itself.out).toMatch(/^KL -?0\.0000 ± 0\.0000 nats an answer, on 12 prompts\.\nMean reward .+ at 50\.0 % of/);
});

test("a small GPT is pre-trained on documents of one's own", async () => {
  const data = join(dir, "texts.jsonl");
  const texts = Array.from({ length: 200 }, (_, i) => `Otter ${i % 7} eats fish ${i % 3} by the river.`);
  writeFileSync(data, texts.map((text) => JSON.stringify({ text })).join("\n"));
  const out = join(dir, "pretrained");
  const size = "--vocab-size 270 --n-layer 1 --n-embd 16 --n-head 2 --n-ctx 64 --row-tokens 32 --rows 4".split(" ");
  const schedule = "--tokens 6400 --warmup 5 --learning-rate 0.01 --json".split(" ");
  const { code, out: printed } = await run("pretrain", "--data", data, "--out", out, ...size, ...schedule);
  expect(code).toBe(0);
  const { metrics } = JSON.parse(printed);
  // 270 tokens: chance is ln 270 = 5.6.
  expect(metrics["eval/loss"]).toBeLessThan(4.5);
  expect(readdirSync(out)).toContain("tokenizer.json");
});

test("a model that does not fit into memory is refused by a sentence, and nothing is written", async () => {
  const huge = join(dir, "huge");
  await writeHugeModel(huge);
  const out = join(dir, "none");
  const sentence = /takes about \d+\.\d GB of memory, and \d+\.\d GB are free: .+ a smaller model\.\n$/;
  for (const args of [
    ["generate", "Hi.", "--model", huge],
    ["train", "reward", "--data", pairs, "--model", huge, "--out", out],
  ]) {
    const { code, out: printed, err } = await run(...args);
    expect({ code, printed }).toEqual({ code: 1, printed: "" });
    expect(err).toMatch(sentence);
  }
  expect(existsSync(out)).toBe(false);
});

test("Ctrl-C while training leaves a checkpoint, and the same command goes on from it", async () => {
  const out = join(dir, "interrupted");
  const args = ["train", "reward", "--data", pairs, "--model", lm, "--out", out, "--epochs", "100"];
  const early = start(args);
  // What there is to learn from is said before the first step.
  await new Promise<void>((resolve) => early.child.stderr?.once("data", () => resolve()));
  early.child.kill("SIGINT");
  const stopped = await early.ran;
  const kept = existsSync(join(`${out}.checkpoint`, "state.json"));
  expect(stopped.err).toContain(kept ? "goes on from the checkpoint in" : "nothing was kept yet");

  const { child, ran } = start(args);
  await new Promise<void>((resolve) => child.stderr?.on("data", (data) => /step \d/.test(String(data)) && resolve()));
  child.kill("SIGINT");
  const { code, err } = await ran;
  expect(code).toBe(130);
  expect(err).toContain(`Stopped; the same command goes on from the checkpoint in ${out}.checkpoint.`);
  expect(existsSync(out)).toBe(false);

  const finished = await run(...args, "--json");
  expect(finished.code).toBe(0);
  const first = /step (\d+)\//.exec(finished.err)?.[1];
  expect(Number(first)).toBeGreaterThan(1);
});

test("a full disk while the model is written leaves the old one whole", async (context) => {
  const disk = join(dir, "disk");
  mkdirSync(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], { stdio: "pipe" });
  } catch {
    context.skip("mounting a small disk needs root");
  }
  try {
    const out = join(disk, "rm");
    await writeTinyModel(out, "reward");
    const before = readFileSync(join(out, "model.safetensors"));
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(join(disk, "ballast"), Buffer.alloc((bavail - 4) * bsize));
    const checkpoints = join(dir, "elsewhere");
    const { code, err } = await run(
      "train",
      "reward",
      "--data",
      pairs,
      "--model",
      lm,
      "--out",
      out,
      "--checkpoints",
      checkpoints,
      "--force",
    );
    expect(code).not.toBe(0);
    expect(err).toMatch(/full|ENOSPC/i);
    expect(readdirSync(disk)).toEqual(["ballast", "rm"]);
    expect(readFileSync(join(out, "model.safetensors")).equals(before)).toBe(true);
  } finally {
    execFileSync("umount", [disk]);
  }
});

const cases = join(import.meta.dirname, "../../shared/cases");
const shipped = join(import.meta.dirname, "../models/zoo/world-0.4m");

describe.skipIf(!existsSync(cases))("inputs that once went wrong (needs shared/cases)", () => {
  let made = 0;
  const train = (kind: string, file: string, ...settings: string[]) =>
    run(
      "train",
      kind,
      "--data",
      join(cases, file),
      "--model",
      shipped,
      "--out",
      join(dir, `case-${made++}`),
      ...settings,
    );

  test.each([
    ["reward", "B8-pairs-that-become-the-same/equal.jsonl", "all say the same twice, or are ties, or are held out."],
    ["dpo", "B8-pairs-that-become-the-same/equal.jsonl", "all say the same twice, or are ties, or are held out."],
    ["reward", "N4-accuracy-of-ties/pairs.jsonl", "all say the same twice, or are ties, or are held out."],
    ["reward", "B8-pairs-that-become-the-same/tail.jsonl", "all are too long, or are ties, or are held out."],
    ["dpo", "B9-too-long-rejected/pairs.jsonl", "all are too long, or are ties, or are held out."],
  ])("train %s of %s: nothing is left to learn from", async (kind, file, why) => {
    const { code, out, err } = await train(kind, file);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toBe(`${join(cases, file)} has no comparison to train on: ${why}\n`);
  });

  test("what is left out of a file is said before the first step", async () => {
    const one = await train("reward", "B8-pairs-that-become-the-same/one-of-five.jsonl", "--valid-fraction", "0");
    expect(one.err).toMatch(
      /^To learn from: 4 pairs of 4 prompts; held out: 0 prompts\.\n1 pair says the same twice and is left out\.\nstep 1/,
    );
    const cut = ["B9-too-long-rejected/pairs.jsonl", "--valid-fraction", "0", "--overlong", "cut"] as const;
    expect((await train("dpo", ...cut)).err).toContain("4 answers are too long for the model and cut (--overlong).\n");
  });

  test.each(["pairs.jsonl", "ultra.jsonl"])(
    "null for what is absent, and the prompt inside of the answers: %s",
    async (file) => {
      const { code, err } = await train("reward", `N24-null-for-absent/${file}`, "--valid-fraction", "0");
      expect(err).toContain("To learn from: 4 pairs of 4 prompts; held out: 0 prompts.\n");
      expect(code).toBe(0);
    },
  );

  test("a line of 100 MB that is not whole", async () => {
    const long = join(dir, "long.jsonl");
    execFileSync("sh", [join(cases, "B16b-long-line/make.sh"), "100"], { cwd: dir });
    const { code, err } = await run("train", "sft", "--data", long, "--model", shipped, "--out", join(dir, "long"));
    expect({ code, err }).toEqual({ code: 2, err: `${long}:1: the line is not whole JSON.\n` });
  });

  test("episodes that fill no whole batches; Ctrl-C names a checkpoint only where there is one", async () => {
    const judge = join(dir, "case-judge");
    const pairs = join(cases, "N19-remainder-of-episodes/pairs.jsonl");
    await run("train", "reward", "--data", pairs, "--model", shipped, "--out", judge);
    const prompts = join(cases, "N19-remainder-of-episodes/prompts.jsonl");
    const ppo = ["train", "ppo", "--prompts", prompts, "--model", shipped, "--reward-model", judge];
    const numbers = "--batch 8 --minibatch 4 --answer-tokens 8 --normalise-on 0".split(" ");
    const uneven = await run(...ppo, ...numbers, "--episodes", "20", "--out", join(dir, "uneven"));
    expect(uneven).toEqual({
      code: 2,
      out: "",
      err: "20 episodes are not made of whole batches of 8: take 16 or 24.\n",
    });
    const out = join(dir, "stopped");
    const { child, ran } = start([...ppo, ...numbers, "--episodes", "8000", "--out", out]);
    await new Promise<void>((resolve) => child.stderr?.once("data", () => resolve()));
    child.kill("SIGINT");
    const { code, err } = await ran;
    expect(code).toBe(130);
    const isKept = existsSync(join(`${out}.checkpoint`, "state.json"));
    expect(err).toContain(
      isKept
        ? `Stopped; the same command goes on from the checkpoint in ${out}.checkpoint.`
        : "Stopped; nothing was kept yet, and the same command begins anew.",
    );
  });
});

test("results can be piped into a reader that stops early", async () => {
  const answers = join(dir, "many.jsonl");
  writeFileSync(answers, readFileSync(pairs, "utf8").repeat(20));
  const reward = join(dir, "tiny-reward");
  await writeTinyModel(reward, "reward");
  const command = `"${process.execPath}" "${cli}" score --model "${reward}" --data "${answers}" | head -1`;
  const out = execFileSync("bash", ["-o", "pipefail", "-c", command], { encoding: "utf8" });
  expect(out).toMatch(/^1\tchosen -?\d/);
});
