// A file as an earlier version left it, with people at work in it, brought to this version's tables.
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as z from "zod";
import { event as eventShape } from "../lib/vocabulary/shapes.ts";
import { closeDatabase, type Database, driverOf, openDatabase, ormOf } from "./client.ts";
import { addPrompt, addUser, by } from "./database.fixture.ts";
import { tokenHash } from "./id.ts";
import { migrate } from "./migrate.ts";
import { claimAssignment } from "./queries/assignments.ts";
import { getComparison } from "./queries/comparisons.ts";
import { listEvents } from "./queries/events.ts";
import { getJob } from "./queries/jobs.ts";
import { getPrompt } from "./queries/prompts.ts";
import { submitRanking } from "./queries/rankings.ts";
import { findSession } from "./queries/sessions.ts";
import { getTrainingRun } from "./queries/training-runs.ts";
import { prompt } from "./schema/index.ts";

type Row = Record<string, string | number | null>;

let directory: string;
let db: Database;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "rankloop-migrate-"));
  const file = path.join(directory, "rankloop.sqlite");
  db = openDatabase(file, { create: true });
  const sqlite = driverOf(db);
  sqlite.exec("create table migration (hash text primary key, applied_at integer not null)");
  bringTo(1);
  for (const [table, rows] of Object.entries(before)) {
    for (const row of rows) {
      const columns = Object.keys(row);
      sqlite
        .prepare(`insert into "${table}" (${columns.join()}) values (${columns.map(() => "?").join()})`)
        .run(...Object.values(row));
    }
  }
});
afterEach(() => {
  closeDatabase(db);
  rmSync(directory, { recursive: true, force: true });
});

/** Applies the migrations up to the one before `version`, from where the file is. */
function bringTo(version: number): void {
  const sqlite = driverOf(db);
  const { count } = sqlite.prepare<[], { count: number }>("select count(*) as count from migration").get() ?? {
    count: 0,
  };
  const all = readMigrationFiles({ migrationsFolder: path.join(import.meta.dirname, "migrations") });
  sqlite.function("sha256", (token) => tokenHash(String(token)));
  sqlite.pragma("foreign_keys = OFF");
  // Within it, as in the real one, a migration's own pragmas do nothing.
  sqlite.transaction(() => {
    for (const { sql, hash } of all.slice(count, version)) {
      for (const statement of sql) sqlite.exec(statement);
      sqlite.prepare("insert into migration values (?, 1)").run(hash);
    }
  })();
  sqlite.pragma("foreign_keys = ON");
}

const strange = "\u0000 <b>e\u0301</b> \u{1f9a6} \u202e 'quoted' \"twice\"";
const people = ["admin", "reviewer", "labeler"].map((role, i) => ({
  id: `u${i}`,
  name: strange,
  email: `${role}@rankloop.invalid`,
  username: role,
  role,
  created_at: i,
  updated_at: i,
}));
const answer = (comparison: number, position: number): Row => ({
  id: `k${comparison}.${position}`,
  comparison_id: `c${comparison}`,
  position,
  model_id: "m0",
  temperature: 0.7,
  top_p: 0.9,
  max_tokens: 32,
  seed: 2 ** 32 - 1,
  state: "done",
  text: strange,
  tokens: 3,
  finish: "stop",
});
const held = { state: "held", skip_reason: null, ended_at: null };
/** Columns of the first version that are somewhere else now. */
const moved: Record<string, Row> = {
  job: { kind: "train-reward" },
  session: { token: "" },
  comparison: { state: "" },
  training_run: { learning_rate: 1e-4, epochs: 1, rows: 4, weight_decay: 0, seed: 1, comparisons: 1, pairs: 2 },
};

const aModel = (id: string, kind: "lm" | "reward", origin: "shipped" | "trained", createdAt: number) => ({
  id,
  name: "m",
  kind,
  origin,
  directory: "m",
  parameters: 1,
  context: 128,
  created_at: createdAt,
});

/** Every table of the first version that people and machines write, in an order that keeps the references whole. */
const before: Record<string, Row[]> = {
  user: people,
  session: people.map(({ id }) => ({ id, token: id, user_id: id, expires_at: 9, created_at: 1, updated_at: 1 })),
  account: people.map(({ id }) => ({
    id,
    account_id: id,
    provider_id: "credential",
    user_id: id,
    password: "hash",
    created_at: 1,
    updated_at: 1,
  })),
  verification: [{ id: "v", identifier: "i", value: "1", expires_at: 9, created_at: 1, updated_at: 1 }],
  setting: [{ name: "prompts seeded at", value: "1" }],
  prompt: [
    { seq: 1, id: "p1", text: "Why?", use_case: "open QA", split: "train", author_id: null, created_at: 1 },
    { seq: 7, id: "p7", text: strange, use_case: "no longer known", split: "test", author_id: "u2", created_at: 2 },
  ],
  demonstration: [
    { seq: 3, id: "d3", prompt_id: "p7", text: strange, author_id: "u2", created_at: 3 },
    { seq: 4, id: "d4", prompt_id: "p7", text: "Another.", author_id: "u1", created_at: 4 },
  ],
  model: [
    aModel("m0", "lm", "shipped", 1),
    aModel("m1", "lm", "trained", 2),
    aModel("m2", "lm", "trained", 3),
    aModel("m3", "reward", "trained", 4),
  ],
  model_metric: [{ model_id: "m0", name: "eval/loss", value: 1.5 }],
  job: [
    {
      seq: 5,
      id: "j5",
      kind: "train-reward",
      subject_id: "t1",
      payload: "{}",
      state: "running",
      attempts: 1,
      worker_id: "w",
      lease_until: 9,
      created_at: 1,
    },
    { seq: 6, id: "j6", kind: "score", subject_id: "c1", payload: "{}", state: "waiting", created_at: 1 },
  ],
  comparison: ["ranked", "ready", "ready"].map((state, i) => ({
    seq: i + 1,
    id: `c${i + 1}`,
    prompt_id: i === 0 ? "p7" : "p1",
    k: 3,
    state,
    revision: i,
    created_by: "u0",
    created_at: i,
  })),
  candidate: [1, 2, 3].flatMap((comparison) => [0, 1, 2].map((position) => answer(comparison, position))),
  candidate_score: [{ candidate_id: "k1.0", model_id: "m0", score: -0.5, scored_at: 1 }],
  assignment: [
    { ...held, id: "a1", comparison_id: "c1", labeler_id: "u2", state: "submitted", ended_at: 5 },
    { ...held, id: "a2", comparison_id: "c2", labeler_id: "u2" },
    { ...held, id: "a3", comparison_id: "c3", labeler_id: "u1", state: "skipped", skip_reason: "unclear", ended_at: 5 },
  ].map((row) => ({ ...row, lease_until: 10, created_at: 4 })),
  ranking: [
    {
      seq: 4,
      id: "r4",
      assignment_id: "a1",
      comparison_id: "c1",
      labeler_id: "u2",
      k: 3,
      strict: 2,
      tied: 1,
      spent_ms: 12,
      submitted_at: 5,
    },
  ],
  ranking_tier: [2, 1, 2].map((tier, position) => ({ ranking_id: "r4", candidate_id: `k1.${position}`, tier })),
  training_run: [
    {
      ...moved.training_run,
      seq: 1,
      id: "t1",
      name: "r",
      kind: "reward",
      base_model_id: "m0",
      job_id: "j5",
      started_by: "u1",
      through_ranking: 4,
      created_at: 1,
    },
  ],
  training_point: [{ seq: 2, run_id: "t1", step: 1, name: "loss", value: 0.6 }],
};

test("keeps every row of the first version as it was, and every reference", async () => {
  const sqlite = driverOf(db);
  const columnsOf = (table: string) =>
    Object.keys(before[table]?.[0] ?? {}).filter((column) => !(column in (moved[table] ?? {})));
  const rowsOf = () =>
    Object.fromEntries(
      Object.keys(before).map((table) => [
        table,
        sqlite.prepare(`select rowid, ${columnsOf(table).join()} from "${table}" order by rowid`).all(),
      ]),
    );
  const then = rowsOf();
  // What people are is said for each project now.
  for (const row of (then.user ?? []) as Row[]) if (row.role !== "admin") row.role = "user";
  for (const row of (then.setting ?? []) as Row[])
    if (row.name === "prompts seeded at") row.name = "practice project made at";
  const tables = sqlite.prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'");
  expect(tables.pluck().all().toSorted()).toEqual([...Object.keys(before), "migration"].toSorted());
  closeDatabase(db);
  await migrate(db.file);
  db = openDatabase(db.file);
  const now = driverOf(db);
  for (const [table, rows] of Object.entries(then)) {
    const columns = columnsOf(table).join();
    const after = now.prepare(`select rowid, ${columns} from "${table}" order by rowid`).all();
    expect([table, after.slice(0, rows.length)]).toEqual([table, rows]);
    // What was used is chosen from now on; nothing else is added.
    if (table !== "setting") expect([table, after.length]).toEqual([table, rows.length]);
  }
  expect(now.pragma("foreign_key_check")).toEqual([]);
  expect(now.pragma("integrity_check", { simple: true })).toBe("ok");
  expect(now.pragma("foreign_keys", { simple: true })).toBe(1);
  const leftOver = "select name from sqlite_master where name glob '__new*' or sql glob '*__new*'";
  expect(now.prepare(leftOver).all()).toEqual([]);
});

test("keeps people signed in, and of their tokens only hashes", async () => {
  await migrate(db.file);
  for (const { id } of people) expect(await findSession(db, { token: id, now: 0 })).toMatchObject({ id });
  const stored = driverOf(db).prepare("select token from session order by user_id").pluck().all();
  expect(stored).toEqual(people.map(({ id }) => createHash("sha256").update(id).digest("hex")));
});

test("gives old rows what is new about them", async () => {
  await migrate(db.file);
  for (const { id, text } of before.prompt ?? []) {
    const messages = [{ role: "user", content: text }];
    expect(await getPrompt(db, String(id))).toMatchObject({ kind: "plain", messages, text });
  }
  expect(await getComparison(db, "c1")).toMatchObject({
    prompt: { id: "p7", kind: "plain", messages: [{ role: "user", content: strange }] },
    rankings: [{ id: "r4", labeler: "labeler", version: 1, tiers: [[1], [0, 2]], ratings: [], promptFlags: [] }],
  });
  expect(await getTrainingRun(db, "t1")).toMatchObject({
    kind: "reward",
    state: "running",
    settings: { learningRate: 1e-4, epochs: 1, rows: 4, weightDecay: 0, seed: 1 },
    data: [{ dataset: "comparisons", source: null, items: 1, lines: 2, hash: null }],
  });
  expect((await getJob(db, "j5"))?.kind).toBe("train");
  const rows = (query: string) => driverOf(db).prepare(query).raw().all();
  // Whatever was used without being chosen is chosen from now on.
  expect(rows("select name, value from project_setting where name like '%odelId' order by name")).toEqual([
    ["modelId", "m2"],
    ["rewardModelId", "m3"],
  ]);
  expect(rows("select position, tier from ranking_tier order by position")).toEqual([
    [0, 2],
    [1, 1],
    [2, 2],
  ]);
  expect(rows("select version, revises from demonstration")).toEqual([
    [1, null],
    [1, null],
  ]);
});

test("brings every comparison and assignment of the version before along, and counts what is still wanted", async () => {
  bringTo(11);
  const sqlite = driverOf(db);
  const states = ["generating", "ready", "ranked", "stopped", "failed"] as const;
  sqlite.exec("delete from ranking_tier; delete from ranking; delete from assignment; delete from draft");
  sqlite.exec("delete from candidate_score; delete from candidate; delete from comparison");
  const insert = (table: string, row: Row) =>
    sqlite
      .prepare(
        `insert into "${table}" (${Object.keys(row).join()}) values (${Object.keys(row)
          .map((name) => `@${name}`)
          .join()})`,
      )
      .run(row);
  const whole = { prompt_id: "p1", k: 3, disagreement: 0.25, judged_by: "m3", revision: 7, created_by: "u0" };
  for (const [i, state] of states.entries()) {
    insert("comparison", { ...whole, seq: 10 + i, id: state, state, created_at: i, handed_out_at: 3 });
    for (const position of [0, 1, 2])
      insert("candidate", { ...answer(0, position), id: `${state}${position}`, comparison_id: state });
  }
  const assign = (id: string, comparison: string, labeler: string, state: string) =>
    insert("assignment", {
      id,
      comparison_id: comparison,
      labeler_id: labeler,
      state,
      lease_until: 10,
      rate_first: 1,
      skip_reason: state === "skipped" ? "unclear" : null,
      created_at: 4,
      ended_at: state === "held" ? null : 5,
    });
  // One person let the ready one run out twice, and then took it again; another did so once, and skipped it.
  assign("r1", "ready", "u0", "expired");
  assign("r2", "ready", "u0", "expired");
  assign("r3", "ready", "u0", "held");
  assign("r4", "ready", "u1", "expired");
  assign("r5", "ready", "u1", "skipped");
  assign("r6", "ready", "u2", "released");
  // The ranked one: let run out twice by one, once by the one who has submitted it.
  assign("s1", "ranked", "u1", "expired");
  assign("s2", "ranked", "u1", "expired");
  assign("s3", "ranked", "u2", "expired");
  assign("s4", "ranked", "u2", "submitted");
  for (const version of [1, 2]) {
    insert("ranking", {
      ...{ seq: version, id: `k${version}`, assignment_id: "s4", version, comparison_id: "ranked", labeler_id: "u2" },
      ...{ k: 3, strict: 3, tied: 0, submitted_at: version },
    });
  }
  const comparisons = () =>
    sqlite
      .prepare(
        "select seq, id, prompt_id, k, disagreement, judged_by, revision, created_by, created_at, handed_out_at from comparison order by seq",
      )
      .all();
  const rest = () =>
    ["candidate", "ranking"].map((table) =>
      sqlite
        .prepare<[], Row>(`select rowid, * from ${table} order by rowid`)
        .all()
        .map(({ project_id: _, redraws, ...row }) => {
          // Answers of before are models', drawn once, and nothing came in from a file.
          expect(redraws ?? 0).toBe(0);
          for (const field of [
            "author_id",
            "source_id",
            "import_key",
            "external_id",
            "external_author",
            "external_labeler",
          ]) {
            expect(row[field] ?? null).toBeNull();
            delete row[field];
          }
          return row;
        }),
    );
  const assignments = () =>
    sqlite
      .prepare(
        "select rowid, id, comparison_id, labeler_id, lease_until, rate_first, skip_reason, created_at, ended_at from assignment order by rowid",
      )
      .all();
  const then = [comparisons(), rest(), assignments()];
  await migrate(db.file);
  expect([comparisons(), rest(), assignments()]).toEqual(then);
  const raw = (query: string) => sqlite.prepare(query).raw().all();
  expect(raw("select id, state, wanted, still_wanted from comparison order by seq")).toEqual([
    ["generating", "generating", null, 1],
    ["ready", "ready", null, 1],
    ["ranked", "ready", null, 0],
    ["stopped", "stopped", null, 1],
    ["failed", "failed", null, 1],
  ]);
  // Of what one person let run out of one comparison the latest stays; what was taken or submitted after it, too.
  expect(raw("select id, state from assignment order by rowid")).toEqual([
    ["r1", "released"],
    ["r2", "released"],
    ["r3", "held"],
    ["r4", "expired"],
    ["r5", "skipped"],
    ["r6", "released"],
    ["s1", "released"],
    ["s2", "expired"],
    ["s3", "released"],
    ["s4", "submitted"],
  ]);
  expect(sqlite.pragma("foreign_key_check")).toEqual([]);
});

test("counts a pair half that the model ties, where it counted for nothing", async () => {
  bringTo(10);
  const sqlite = driverOf(db);
  // The labeler has answer 1 before 0 and 2, a tie; the model shows 1 and 0 as equal, and has both before 2.
  for (const [position, score] of [0.999, 1.003, -0.5].entries()) {
    sqlite.prepare("insert into candidate_score values (?, 'm3', ?, 1)").run(`k1.${position}`, score);
  }
  sqlite.exec("insert into ranking_agreement values ('r4', 'm3', 1, 0.5), ('r4', 'm1', 1, 0.25)");
  await migrate(db.file);
  const rows = sqlite.prepare("select agreed, loss from ranking_agreement order by model_id").raw().all();
  // Of m1 no score is left to count again.
  expect(rows).toEqual([
    [1, 0.25],
    [1.5, 0.5],
  ]);
});

test("brings what reviewers have said into one log, in which nothing gets an earlier place than it had", () => {
  bringTo(12);
  const sqlite = driverOf(db);
  sqlite.exec(`insert into demonstration_review values
    (3, 'd3', 'u1', 6, 0, '', 10), (4, 'd3', 'u0', 2, 1, 'Too long.', 11), (9, 'd3', 'u1', 7, 0, '', 12)`);
  // Since taken away with what it was about: a run of training may have heeded it.
  sqlite.exec("delete from demonstration_review where seq = 9");
  sqlite.exec(`insert into ranking (seq, id, assignment_id, version, comparison_id, labeler_id, k, strict, tied, submitted_at)
    select 99, 'r5', assignment_id, 2, comparison_id, labeler_id, k, strict, tied, 9 from ranking where id = 'r4'`);
  sqlite.exec(`insert into ranking_review values
    ('r5', 'u1', 'stands', '', 30, null), ('r4', 'u0', 'again', 'Sure?', 20, 25)`);
  migrate(db.file);
  expect(sqlite.prepare("select * from review order by seq").raw().all()).toEqual([
    [3, "d3", null, "u1", 6, 0, "", 10, null],
    [4, "d3", null, "u0", 2, 1, "Too long.", 11, null],
    [10, null, "r4", "u0", null, 1, "Sure?", 20, 25],
    [11, null, "r5", "u1", null, 0, "", 30, null],
  ]);
});

test("and the work goes on: roles, two at once, a reopened ranking, orders that never go back", async () => {
  await migrate(db.file);
  await addUser(db, "grace", "annotator", "first");
  const claim = async (after?: string) =>
    claimAssignment(by(db, "u2", 5, "labeler", "first"), { rateFirst: true, leaseMs: 10, after });
  expect((await claim())?.id).toBe("a2");
  expect((await claim("a2"))?.comparisonId).toBe("c3");
  const content = { tiers: [[0, 1, 2]], ratings: [], promptFlags: [] };
  const again = {
    assignmentId: "a1",
    content,

    guards: [],
    spentMs: null,
    guidelinesVersion: null,
  };
  expect(await submitRanking(by(db, "u2", 9, "labeler", "first"), { ...again, revises: 1 })).toMatchObject({
    outcome: "stored",
    version: 2,
  });
  expect((await getComparison(db, "c1"))?.rankings).toMatchObject([
    { version: 2, tiers: [[0, 1, 2]], earlier: [{ version: 1, tiers: [[1], [0, 2]] }] },
  ]);
  const id = await addPrompt(db, "A new one", "first");
  const orders = await ormOf(db).select({ id: prompt.id, seq: prompt.seq }).from(prompt).orderBy(prompt.seq).all();
  expect(orders.at(-1)).toEqual({ id, seq: 8 });
});

/** What the version before projects had in one place, and where it is now. */
const movedSettings = ["rateFirst", "modelId", "promptOrder", "rewardModelId", "rankingsWanted"];

/** A database of the version before projects, with every kind of row in it. */
function beforeProjects(): Database {
  const fixture = gunzipSync(readFileSync(path.join(import.meta.dirname, "before-projects.sql.gz"))).toString();
  const old = openDatabase(path.join(directory, "before.sqlite"), { create: true });
  driverOf(old).pragma("foreign_keys = OFF");
  driverOf(old).exec(fixture);
  return old;
}

test("every event that the version before wrote is read, whatever verbs there are now", async () => {
  const old = beforeProjects();
  const count = Number(driverOf(old).prepare("select count(*) from event").pluck().get());
  closeDatabase(old);
  await migrate(old.file);
  const now = openDatabase(old.file);
  const rows = await listEvents(now, { limit: 1_000 });
  expect(rows).toHaveLength(count);
  const events = rows.map(({ seq, ...row }) => ({ id: String(seq), ...row }));
  // What the door lets through: a verb, a kind or a capacity that it doesn't know would be refused.
  expect(z.array(eventShape).safeParse(events).error?.issues).toBeUndefined();
  expect(new Set(events.map(({ verb }) => verb)).size).toBeGreaterThan(40);
  closeDatabase(now);
});

test("a database of the version before projects, with every kind of row, becomes one project: every row is accounted for", async () => {
  const old = beforeProjects();
  const { file } = old;
  const names = driverOf(old)
    .prepare<[], string>("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
    .pluck()
    .all()
    .filter((name) => name !== "migration");
  const read = (of: Database, table: string) =>
    driverOf(of).prepare<[], Row>(`select * from "${table}" order by rowid`).all();
  const then = new Map(names.map((name) => [name, read(old, name)]));
  const sequences = (of: Database) =>
    Object.fromEntries(
      driverOf(of)
        .prepare<[], { name: string; seq: number }>("select name, seq from sqlite_sequence")
        .all()
        .map(({ name, seq }) => [name, seq]),
    );
  const given = sequences(old);
  for (const [name, rows] of then) expect([name, rows.length > 0]).toEqual([name, true]);
  closeDatabase(old);

  await migrate(file);
  const now = openDatabase(file);
  const admins = then.get("user")?.filter(({ role }) => role === "admin") ?? [];
  expect(read(now, "project")).toMatchObject([{ id: "first", name: "First project", created_by: admins[0]?.id }]);
  for (const [name, rows] of then) {
    const after = read(now, name);
    if (name === "setting") continue;
    expect([name, after.length]).toEqual([name, rows.length]);
    for (const [i, row] of rows.entries()) {
      const { project_id: project, ...columns } = after[i] ?? {};
      const same = Object.fromEntries(Object.entries(columns).filter(([column]) => column in row));
      const expected = { ...row };
      // Answers of before are models', drawn once.
      if (name === "candidate") expect(columns).toMatchObject({ author_id: null, redraws: 0 });
      // Nothing had come in from a file.
      if (["candidate", "demonstration", "prompt"].includes(name)) expect(columns).toMatchObject({ source_id: null });
      // Models answer as they did, and none is archived.
      if (name === "model") expect(columns).toMatchObject({ bits: 32, archived_at: null });
      if (name === "user" && row.role !== "admin") expected.role = "user";
      if (name === "job" && row.kind === "judge") expected.subject_id = "first";
      expect(same).toEqual(expected);
      const isInstallations =
        (name === "model" && row.origin === "shipped") ||
        (name === "event" && (["person", "database"].includes(String(row.subject_kind)) || row.verb === "model.ship"));
      if (project !== undefined) expect([name, project]).toEqual([name, isInstallations ? null : "first"]);
    }
  }
  const belongs = names.filter((name) => read(now, name)[0]?.project_id !== undefined);
  expect(belongs.toSorted()).toEqual(
    ["assignment", "comparison", "demonstration", "draft", "event", "guidelines", "guidelines_read"]
      .concat(["job", "model", "prompt", "ranking", "scenario", "training_run", "trial"])
      .toSorted(),
  );
  expect(read(now, "member").map(({ user_id, role }) => [user_id, role])).toEqual(
    (then.get("user") ?? []).map(({ id, role }) => [id, role]),
  );
  const values = (rows: Row[]) => rows.map(({ name, value }) => [name, value]).toSorted();
  const settings = then.get("setting") ?? [];
  expect(values(read(now, "project_setting"))).toEqual(
    values(settings.filter(({ name }) => movedSettings.includes(String(name)))),
  );
  // What was seeded once is not seeded again.
  expect(values(read(now, "setting"))).toEqual(
    values(
      settings
        .filter(({ name }) => name === "prompts seeded at")
        .map((row) => ({ ...row, name: "practice project made at" })),
    ),
  );
  expect(sequences(now)).toMatchObject(given);
  expect(driverOf(now).pragma("foreign_key_check")).toEqual([]);
  expect(() => driverOf(now).exec("update event set at = 1")).toThrow("Events are kept as they are.");
  closeDatabase(now);
});
