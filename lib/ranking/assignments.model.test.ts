/**
 * What holds of assignments whatever people do, in whatever order, and however late:
 *  1. Nobody twice: a person holds, has let run out, or has ranked a comparison once, and holds two comparisons at most.
 *  2. Never beyond wanted: a comparison is handed out only while the people who hold it under a running lease and the
 *     rankings that count are fewer than the rankings that are wanted.
 *  3. Nothing lost: a ranking of what one holds, or has let run out, is stored in every case, once, and stays; only who has
 *     let it run out while others took what was wanted is told that it comes late.
 *  4. A skipped one never comes back to the same person until a lead hands it out again.
 *  5. What is archived or set aside (skipped by two) is handed to nobody.
 *  6. Nobody goes without: who is handed nothing has ranked, skipped or held back all there is.
 *  7. Blind: who has not ranked a comparison sees nothing of its models or rankings while some are wanted, and while they
 *     may finish one they have begun; others' rankings show once all are in.
 *  8. What is still wanted is always what is wanted less the rankings that count, in every figure.
 */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addComparison, addPrompt, runSql } from "../../db/database.fixture.ts";
import type { Context } from "../context.ts";
import { addTinyModels, type Installation, temporaryInstallation } from "../installation.fixture.ts";
import { overview } from "../project/overview.ts";
import { updateSettings } from "../project/settings.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { archivePrompt } from "../writing/prompt-changes.ts";
import {
  assignmentLeaseMs,
  nextAssignment,
  releaseAssignment,
  renewAssignment,
  skipAssignment,
  unskipAssignment,
} from "./assignments.ts";
import { handOutAgain } from "./skips.ts";
import { submitRanking } from "./submit.ts";
import { viewComparison } from "./view.ts";

// Few of both, so that they often meet.
const people = ["labeler", "other", "annotator"] as const;
type Name = (typeof people)[number];
const setAsideAt = 2;

interface Row {
  id: string;
  comparisonId: string;
  who: Name;
  state: "held" | "submitted" | "skipped" | "released" | "expired";
  leaseUntil: number;
  endedAt: number | null;
}

/** What was said and acknowledged, apart from the database. */
interface Model {
  wanted: number;
  comparisons: { id: string; promptId: string; own: number | null; archived: boolean; handedOutAt: number }[];
  /** The order that stands, by person and comparison. */
  said: Map<string, string>;
  /** When each person skipped each comparison last, as long as it was not taken back. */
  skipped: Map<string, number>;
}

class Real {
  readonly installation: Installation;
  constructor(installation: Installation) {
    this.installation = installation;
  }
  get now() {
    return this.installation.clock.now;
  }
  as(who: Name | "admin"): Context {
    return this.installation.as[who];
  }
  async rows(model: Model): Promise<Row[]> {
    const all = await runSql(
      this.installation.db,
      `select assignment.id, comparison_id, username, state, lease_until, ended_at
       from assignment join "user" on "user".id = labeler_id order by assignment.id`,
    );
    return all
      .map(([id, comparisonId, who, state, leaseUntil, endedAt]) => {
        return { id, comparisonId, who, state, leaseUntil, endedAt } as Row;
      })
      .filter(({ comparisonId }) => model.comparisons.some(({ id }) => id === comparisonId));
  }
  /** One of a person's assignments, whatever became of it. */
  async one(model: Model, who: Name, which: number): Promise<Row | undefined> {
    const mine = (await this.rows(model)).filter((row) => row.who === who);
    return mine[which % Math.max(1, mine.length)];
  }
}

const key = (who: Name, comparisonId: string) => `${who} ${comparisonId}`;
const begun = ({ state }: Row) => state === "held" || state === "expired";

/** What the rules above say of one comparison. */
function standing(model: Model, rows: Row[], now: number, c: Model["comparisons"][number]) {
  const here = rows.filter(({ comparisonId }) => comparisonId === c.id);
  const rankings = people.filter((who) => model.said.has(key(who, c.id))).length;
  const stillWanted = (c.own ?? model.wanted) - rankings;
  const running = here.filter(({ state, leaseUntil }) => state === "held" && leaseUntil > now);
  const hasSkipped = (who: Name) => (model.skipped.get(key(who, c.id)) ?? -1) > c.handedOutAt;
  const isSetAside = people.filter(hasSkipped).length >= setAsideAt;
  const isOut = c.archived || isSetAside || stillWanted <= 0;
  const mayHave = (who: Name) =>
    !isOut &&
    !hasSkipped(who) &&
    !model.said.has(key(who, c.id)) &&
    !here.some((row) => row.who === who && row.state === "held") &&
    running.length < stillWanted;
  return { here, rankings, stillWanted, running, hasSkipped, isSetAside, isOut, mayHave };
}

async function checkAll(model: Model, real: Real): Promise<void> {
  const rows = await real.rows(model);
  const { now } = real;
  const stored = new Map(
    (await runSql(real.installation.db, "select id, still_wanted from comparison")).map(([id, left]) => [id, left]),
  );
  let left = 0;
  const waiting = new Map<Name, number>(people.map((who) => [who, 0]));
  for (const c of model.comparisons) {
    const is = standing(model, rows, now, c);
    expect(stored.get(c.id)).toBe(is.stillWanted);
    if (!is.isOut) left += is.stillWanted;
    for (const who of people) {
      const mine = is.here.filter((row) => row.who === who);
      expect(mine.filter(({ state }) => ["held", "expired", "submitted"].includes(state)).length).toBeLessThanOrEqual(
        1,
      );
      expect(mine.some(({ state }) => state === "submitted")).toBe(model.said.has(key(who, c.id)));
      const others = is.running.filter((row) => row.who !== who).length;
      const isMine = !is.isOut && !is.hasSkipped(who) && !model.said.has(key(who, c.id)) && others < is.stillWanted;
      if (isMine) waiting.set(who, (waiting.get(who) ?? 0) + 1);
      const seen = await viewComparison(real.as(who), { id: c.id });
      const hasRanked = model.said.has(key(who, c.id));
      const isComplete = is.stillWanted <= 0;
      const isOpen = hasRanked || (isComplete && !mine.some(begun));
      expect(seen.candidates.every(({ modelName }) => (modelName !== null) === isOpen)).toBe(true);
      const shown = people.filter((one) => model.said.has(key(one, c.id)) && (one === who || (isOpen && isComplete)));
      expect(seen.rankings.map(({ notation }) => notation).sort()).toEqual(
        shown.map((one) => model.said.get(key(one, c.id))).sort(),
      );
      expect([seen.wanted, seen.rankingCount, seen.isRankedByMe]).toEqual([
        c.own ?? model.wanted,
        is.rankings,
        hasRanked,
      ]);
    }
  }
  for (const who of people) {
    expect(rows.filter((row) => row.who === who && row.state === "held").length).toBeLessThanOrEqual(2);
    expect(await overview(real.as(who))).toMatchObject({ rankingsLeft: left, waitingForMe: waiting.get(who) });
  }
}

/** @returns what was answered, or the refusal's sentence */
async function answered<T>(call: Promise<T>): Promise<T | string> {
  return call.catch((error: unknown) => {
    if (error instanceof DomainError) return error.message;
    throw error;
  });
}

interface Step extends fc.AsyncCommand<Model, Real> {}

function step(name: string, run: (model: Model, real: Real) => Promise<void>): Step {
  return {
    check: () => true,
    run: async (model, real) => {
      await run(model, real);
      await checkAll(model, real);
    },
    toString: () => name,
  };
}

/** What is held now and was not before was free for this person. */
function expectFree(model: Model, before: Row[], now: number, got: { id: string; comparisonId: string }, who: Name) {
  const c = model.comparisons.find(({ id }) => id === got.comparisonId);
  const wasHeld = before.some(({ id, state }) => id === got.id && state === "held");
  expect(c && (wasHeld || standing(model, before, now, c).mayHave(who))).toBe(true);
}

const claim = (who: Name, isAhead: boolean) =>
  step(`claim(${who}${isAhead ? ", after" : ""})`, async (model, real) => {
    const before = await real.rows(model);
    const held = before.filter((row) => row.who === who && row.state === "held");
    const after = isAhead ? held[0]?.id : undefined;
    const got = await nextAssignment(real.as(who), after === undefined ? {} : { after });
    if (got) {
      expect([got.id === after, got.isLate, got.leaseUntil > real.now]).toEqual([false, false, true]);
      expectFree(model, before, real.now, got, who);
    } else {
      expect(held.length).toBeLessThanOrEqual(after === undefined ? 0 : 1);
      for (const c of model.comparisons) expect(standing(model, before, real.now, c).mayHave(who)).toBe(false);
    }
  });

const choose = (who: Name, which: number) =>
  step(`choose(${who}, ${which})`, async (model, real) => {
    const before = await real.rows(model);
    const c = model.comparisons[which];
    if (!c) return;
    const got = await answered(nextAssignment(real.as(who), { comparisonId: c.id }));
    if (got === null || typeof got === "string") {
      const is = standing(model, before, real.now, c);
      // A chosen one may be set aside or archived: nobody is handed it, and who asks for it by name gets it.
      const isFull = is.running.length >= is.stillWanted;
      expect(isFull || is.hasSkipped(who) || model.said.has(key(who, c.id))).toBe(true);
      return;
    }
    const mine = before.find(({ id }) => id === got.id);
    const is = standing(model, before, real.now, c);
    if (got.isLate) expect([mine?.state, is.running.length >= is.stillWanted]).toEqual(["expired", true]);
    else if (mine?.state !== "held") expect(is.running.length).toBeLessThan(is.stillWanted);
    expect(is.hasSkipped(who) && mine?.state !== "held" && mine?.state !== "expired").toBe(false);
  });

const skip = (who: Name, which: number) =>
  step(`skip(${who}, ${which})`, async (model, real) => {
    const one = await real.one(model, who, which);
    if (!one) return;
    const was = begun(one);
    const got = await answered(skipAssignment(real.as(who), { id: one.id, reason: "unclear" }));
    expect(typeof got !== "string").toBe(was || one.state === "skipped");
    if (was) model.skipped.set(key(who, one.comparisonId), real.now);
  });

const undoSkip = (who: Name, which: number) =>
  step(`undoSkip(${who}, ${which})`, async (model, real) => {
    const before = await real.rows(model);
    const skips = before.filter((row) => row.who === who && row.state === "skipped");
    // Now and then one that is no skip.
    const one = which < 5 && skips.length > 0 ? skips[which % skips.length] : await real.one(model, who, which);
    const c = model.comparisons.find(({ id }) => id === one?.comparisonId);
    if (!one || !c) return;
    const is = standing(model, before, real.now, c);
    const got = await answered(unskipAssignment(real.as(who), { id: one.id }));
    if (one.state === "held") return expect(got).toEqual({ ok: true });
    const others = is.here.filter((row) => row.who === who && row.id !== one.id);
    const isFree =
      one.state === "skipped" &&
      is.running.length < is.stillWanted &&
      !others.some((row) => begun(row) || row.state === "submitted");
    expect(typeof got !== "string").toBe(isFree);
    // Of two skips of one comparison (it was handed out in between) the other stands.
    if (isFree) {
      const rest = others.filter(({ state }) => state === "skipped").map(({ endedAt }) => endedAt ?? -1);
      if (rest.length > 0) model.skipped.set(key(who, c.id), Math.max(...rest));
      else model.skipped.delete(key(who, c.id));
    }
  });

/** Somebody skips what they hold, another person takes it up, and then the first one wants it back. */
const regret = (who: Name, another: Name) =>
  step(`regret(${who}, ${another})`, async (model, real) => {
    await claim(who, false).run(model, real);
    const rows = async () => (await real.rows(model)).filter((row) => row.who === who);
    const mine = await rows();
    const place = mine.findIndex(({ state }) => state === "held");
    const held = mine[place];
    if (!held) return;
    await skip(who, place).run(model, real);
    const comparison = model.comparisons.findIndex(({ id }) => id === held.comparisonId);
    await choose(another, comparison).run(model, real);
    const skips = (await rows()).filter(({ state }) => state === "skipped");
    await undoSkip(
      who,
      skips.findIndex(({ id }) => id === held.id),
    ).run(model, real);
  });

const renew = (who: Name, which: number) =>
  step(`renew(${who}, ${which})`, async (model, real) => {
    const one = await real.one(model, who, which);
    if (!one) return;
    const got = await answered(renewAssignment(real.as(who), { id: one.id }));
    expect(typeof got !== "string").toBe(one.state === "held");
  });

const release = (who: Name, which: number) =>
  step(`release(${who}, ${which})`, async (model, real) => {
    const one = await real.one(model, who, which);
    if (one) await releaseAssignment(real.as(who), { id: one.id });
  });

const submit = (who: Name, which: number, notation: string) =>
  step(`submit(${who}, ${which}, ${notation})`, async (model, real) => {
    const one = await real.one(model, who, which);
    const c = model.comparisons.find(({ id }) => id === one?.comparisonId);
    if (!one || !c) return;
    const is = standing(model, await real.rows(model), real.now, c);
    const got = await answered(submitRanking(real.as(who), { id: one.id, ...said(notation) }));
    if (!begun(one)) return;
    const isLate = one.state === "expired" && is.running.length >= is.stillWanted;
    expect(got).toMatchObject({ comparisonId: c.id, version: 1, isLate });
    model.said.set(key(who, c.id), notation);
  });

const reopen = (who: Name, which: number, notation: string) =>
  step(`reopen(${who}, ${which}, ${notation})`, async (model, real) => {
    const one = (await real.rows(model)).filter((row) => row.who === who && row.state === "submitted")[which % 3];
    if (!one) return;
    const sql = `select max(version) from ranking where assignment_id = '${one.id}'`;
    const version = Number((await runSql(real.installation.db, sql))[0]?.[0] ?? 1);
    const got = await answered(submitRanking(real.as(who), { id: one.id, ...said(notation), revises: version }));
    expect(typeof got).not.toBe("string");
    model.said.set(key(who, one.comparisonId), notation);
  });

const wait = (ms: number) =>
  step(`wait(${ms})`, async (_, real) => {
    real.installation.clock.now += ms;
  });

const want = (wanted: number) =>
  step(`want(${wanted})`, async (model, real) => {
    await updateSettings(real.as("admin"), { rankingsWanted: wanted });
    model.wanted = wanted;
  });

const archive = (which: number, archived: boolean) =>
  step(`archive(${which}, ${archived})`, async (model, real) => {
    const c = model.comparisons[which];
    if (!c) return;
    await archivePrompt(real.as("admin"), { id: c.promptId, archived });
    c.archived = archived;
  });

const handOut = (which: number) =>
  step(`handOut(${which})`, async (model, real) => {
    const c = model.comparisons[which];
    if (!c) return;
    const is = standing(model, await real.rows(model), real.now, c);
    const got = await answered(handOutAgain(real.as("admin"), { id: c.id }));
    expect(typeof got !== "string").toBe(is.stillWanted > 0);
    if (is.stillWanted > 0) c.handedOutAt = real.now;
  });

const said = (notation: string) => ({ notation, ratings: [], promptFlags: [], guards: [] });

let installation: Installation;
let made: { modelId: string; createdBy: string };
beforeAll(async () => {
  installation = await temporaryInstallation();
  await addTinyModels(installation);
  await updateSettings(installation.as.admin, { rateFirst: false });
  made = { modelId: "tiny-lm", createdBy: installation.as.admin.actor?.id ?? "" };
});
afterAll(() => installation.remove());

/** Two comparisons that nobody has seen, one of them with a number of its own; what was there before is out of the way. */
async function begin(): Promise<{ model: Model; real: Real }> {
  const { db, as } = installation;
  await runSql(db, "update prompt set archived_at = 1");
  await runSql(db, "update assignment set state = 'released', ended_at = 1 where state in ('held', 'expired')");
  await updateSettings(as.admin, { rankingsWanted: 1 });
  const comparisons: Model["comparisons"] = [];
  for (const own of [null, 2]) {
    const promptId = await addPrompt(db);
    const { id } = await addComparison(db, { ...made, promptId, texts: ["Sand.", "Fish."], wanted: own ?? undefined });
    comparisons.push({ id, promptId, own, archived: false, handedOutAt: -1 });
  }
  return { model: { wanted: 1, comparisons, said: new Map(), skipped: new Map() }, real: new Real(installation) };
}

test("whatever people do, in whatever order and however late, what is written above holds", async () => {
  const who = fc.constantFrom(...people);
  const which = fc.nat({ max: 5 });
  const comparison = fc.nat({ max: 1 });
  const order = fc.constantFrom("A>B", "B>A", "A=B");
  // What people do most comes most often.
  const claims = fc.tuple(who, fc.boolean()).map(([one, ahead]) => claim(one, ahead));
  const submits = fc.tuple(who, which, order).map(([one, at, as]) => submit(one, at, as));
  const waits = fc.constantFrom(1, assignmentLeaseMs / 2, assignmentLeaseMs, assignmentLeaseMs).map(wait);
  await fc.assert(
    fc.asyncProperty(
      fc.commands(
        [
          claims,
          claims,
          submits,
          submits,
          waits,
          waits,
          fc.tuple(who, comparison).map(([one, at]) => choose(one, at)),
          fc.tuple(who, which).map(([one, at]) => skip(one, at)),
          fc.tuple(who, which).map(([one, at]) => undoSkip(one, at)),
          fc.tuple(who, which).map(([one, at]) => undoSkip(one, at)),
          fc.tuple(who, who).map(([one, another]) => regret(one, another)),
          fc.tuple(who, which).map(([one, at]) => renew(one, at)),
          fc.tuple(who, which).map(([one, at]) => release(one, at)),
          fc.tuple(who, which, order).map(([one, at, as]) => reopen(one, at, as)),
          fc.integer({ min: 1, max: 3 }).map(want),
          fc.tuple(comparison, fc.boolean()).map(([at, is]) => archive(at, is)),
          comparison.map(handOut),
        ],
        { maxCommands: 60, size: "max" },
      ),
      (commands) => fc.asyncModelRun(begin, commands),
    ),
    // The rules are the same on both; a server takes several times as long for a run.
    { numRuns: process.env.RANKLOOP_TEST_ENGINE === "postgres" ? 15 : 40 },
  );
});
