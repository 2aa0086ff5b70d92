// People at work while things break: each does the same again and again, everything or only ranking, and remembers what they
// were told is stored. A call that was not answered is sent again under the same key, as a page would.
import { setTimeout as pause } from "node:timers/promises";
import { ORPCError } from "@orpc/client";
import { expect } from "@playwright/test";
import type { Database } from "../db/client.ts";
import { inTests, promptsByText } from "../db/database.fixture.ts";
import { getComparison } from "../db/queries/comparisons.ts";
import { demonstrationsOf } from "../db/queries/demonstrations.ts";
import { getDraft } from "../db/queries/drafts.ts";
import { getPrompt } from "../db/queries/prompts.ts";
import { randomId } from "../lib/random-id.ts";
import type { Assignment } from "../lib/vocabulary/shapes.ts";
import type { Person } from "./people.ts";
import { plain, promptText, submission } from "./work.ts";

export type Labeler = Person & { id: string };

/** What somebody does once, before it begins anew. */
export type Turn = (load: Load, person: Labeler) => Promise<void>;

/** Refusals that people may meet while the machine is in trouble: each says what to do. */
const named: Record<number, RegExp> = {
  507: /^The disk is full: nothing was stored\. Make room, then try again\.$/,
  503: /^Another program has locked the database, so nothing was stored\. Try again in a moment\.$/,
};

export class Load {
  readonly acknowledged = {
    /** Text by id. */
    prompts: new Map<string, string>(),
    comparisons: new Set<string>(),
    /** Comparison by ranking. */
    rankings: new Map<string, string>(),
    /** Number of the last save, by person and subject; none once the draft has become a ranking. */
    drafts: new Map<string, { person: Labeler; subject: string; saves: number }>(),
  };
  /** What must not be: a comparison held by two, a server error without a name. */
  readonly problems: string[] = [];
  /** How often each named refusal came, by status. */
  readonly refused: Record<number, number> = {};
  private readonly holders = new Map<string, string>();
  private saves = 0;
  readonly db: Database;
  private readonly working: Promise<unknown>;
  private open = true;
  /** When calls that were never answered are given up: some time after work has ended. */
  private givesUpAt = Number.POSITIVE_INFINITY;

  constructor(people: readonly Labeler[], db: Database, turn: Turn) {
    this.db = db;
    this.working = Promise.all(people.map((person) => this.work(person, turn)));
  }

  /** Resolves when everyone has had their last answer. */
  async stop(): Promise<void> {
    this.open = false;
    this.givesUpAt = performance.now() + 60_000;
    await this.working;
  }

  /** Time passes for everyone while no server runs: what somebody holds may be another's afterwards. */
  async forgetHolders(): Promise<void> {
    // Answers that were on their way are taken in first.
    await pause(100);
    this.holders.clear();
  }

  /** Everything that was acknowledged is stored, once. */
  async check(): Promise<void> {
    // Taken down first: what is acknowledged from here on may be missing in what is read below.
    const prompts = [...this.acknowledged.prompts];
    const rankings = [...this.acknowledged.rankings];
    const drafts = new Map(this.acknowledged.drafts);
    // Listed, and expected once: an assertion for each would take longer than the look.
    const faults = [...this.problems];
    const alike = await promptsByText(this.db);
    for (const [id, text] of prompts) {
      if ((await getPrompt(this.db, id)) === null) faults.push(`prompt ${id} is lost`);
      const demonstrations = (await demonstrationsOf(this.db, id)).length;
      if (demonstrations !== 1) faults.push(`prompt ${id} has ${demonstrations} demonstrations`);
      if (alike.get(text) !== 1) faults.push(`${alike.get(text) ?? 0} prompts say "${text}"`);
    }
    for (const [id, comparisonId] of rankings) {
      const stored = (await getComparison(this.db, comparisonId))?.rankings ?? [];
      // Once; beside it may stand one that came late, when its time had run out.
      const times = stored.filter((one) => one.id === id).length;
      if (times !== 1) faults.push(`ranking ${id} of ${comparisonId} is stored ${times} times`);
    }
    for (const { person, subject, saves: last } of drafts.values()) {
      const draft = await getDraft(inTests(this.db), { ownerId: person.id, subject });
      const { saves } = JSON.parse(draft?.content ?? '{"saves":0}');
      if (saves < last) faults.push(`the draft of ${person.username} is of save ${saves}, not ${last}`);
    }
    expect(faults).toEqual([]);
  }

  private async work(person: Labeler, turn: Turn): Promise<void> {
    while (this.open) await turn(this, person).catch((error) => this.note(error));
  }

  private async note(error: unknown): Promise<void> {
    if (error instanceof ORPCError && error.status >= 500) {
      if (named[error.status]?.test(error.message)) this.refused[error.status] = 1 + (this.refused[error.status] ?? 0);
      else this.problems.push(`${error.status}: ${error.message}`);
    }
    await pause(50);
  }

  async saveDraft(person: Labeler, subject: "prompt" | `ranking:${string}`): Promise<void> {
    const saves = ++this.saves;
    await person.api.drafts.save({ subject, basedOn: 0, writer: person.username, content: { saves } });
    this.acknowledged.drafts.set(`${person.username} ${subject}`, { person, subject, saves });
  }

  /** The next assignment, or the one after it: nobody else may hold its comparison. */
  async claim(person: Labeler, after?: string): Promise<Assignment | null> {
    const assignment = await person.api.assignments.next(after === undefined ? {} : { after });
    if (!assignment) return null;
    const holder = this.holders.get(assignment.comparisonId);
    if (holder && holder !== person.username)
      this.problems.push(`${assignment.comparisonId} is held by ${holder} and by ${person.username}`);
    this.holders.set(assignment.comparisonId, person.username);
    return assignment;
  }

  async submit(person: Labeler, assignment: Assignment): Promise<void> {
    // Of a ranking that is stored the draft is gone, also where the answer is lost.
    this.acknowledged.drafts.delete(`${person.username} ranking:${assignment.comparisonId}`);
    const { rankingId, comparisonId } = await person.api.rankings.submit({
      id: assignment.id,
      ...submission(assignment, "A>B"),
    });
    this.acknowledged.rankings.set(rankingId, comparisonId);
  }

  /** The same call under one key until the server has said what became of it; undefined when it was refused. */
  async untilAnswered<T>(call: (context: { idempotencyKey: string }) => Promise<T>): Promise<T | undefined> {
    const context = { idempotencyKey: randomId() };
    while (performance.now() < this.givesUpAt) {
      try {
        return await call(context);
      } catch (error) {
        await this.note(error);
        if (error instanceof ORPCError && (error.status < 500 || !this.open)) return undefined;
      }
    }
    return undefined;
  }
}

/** Of the times of calls, in ms. */
export function percentiles(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.ceil(sorted.length * share) - 1] ?? 0).toFixed(1);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`;
}

/** Somebody writes, has answers generated, ranks and saves drafts, as fast as they are answered. */
export function wholeLoop(modelId: string): Turn {
  /** Comparisons whose answers were not there yet, by who asked for them. */
  const askedBy = new Map<Labeler, string[]>();
  return async (load, person) => {
    await load.saveDraft(person, "prompt");
    const text = promptText();
    const prompt = await load.untilAnswered((context) =>
      person.api.prompts.create(plain(text, "open QA", "Fish."), { context }),
    );
    if (!prompt) return;
    load.acknowledged.prompts.set(prompt.id, text);
    const asked = askedBy.get(person) ?? [];
    askedBy.set(person, asked);
    // Always some to be generated, and never more than a slow machine ends in time.
    while (asked[0] && (await getComparison(load.db, asked[0]))?.state !== "generating") asked.shift();
    if (asked.length < 5) {
      const wanted = { promptId: prompt.id, modelId, k: 2, maxTokens: 6 };
      const started = await load.untilAnswered((context) => person.api.comparisons.create(wanted, { context }));
      if (started) {
        asked.push(started.id);
        load.acknowledged.comparisons.add(started.id);
      }
    }
    const assignment = await load.claim(person);
    if (!assignment) return;
    await load.claim(person, assignment.id);
    await load.submit(person, assignment);
  };
}
