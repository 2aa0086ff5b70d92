// People at work while things break: they write, generate, rank and save drafts as fast as they are answered, and remember
// what they were told is stored. A call that was not answered is sent again under the same key, as a page would.
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
import type { Person } from "./people.ts";
import { plain, promptText, submission } from "./work.ts";

export type Labeler = Person & { id: string };

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
    /** Number of the last save, by person. */
    drafts: new Map<string, number>(),
  };
  /** What must not be: a comparison held by two, a server error without a name. */
  readonly problems: string[] = [];
  /** How often each named refusal came, by status. */
  readonly refused: Record<number, number> = {};
  private readonly holders = new Map<string, string>();
  private readonly saves = new Map<string, number>();
  private readonly people: readonly Labeler[];
  private readonly db: Database;
  private readonly modelId: string;
  private readonly working: Promise<unknown>;
  private open = true;
  /** When calls that were never answered are given up: some time after work has ended. */
  private givesUpAt = Number.POSITIVE_INFINITY;

  constructor(people: readonly Labeler[], db: Database, modelId: string) {
    this.people = people;
    this.db = db;
    this.modelId = modelId;
    this.working = Promise.all(people.map((person) => this.work(person)));
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
    for (const { username, id } of this.people) {
      const last = drafts.get(username) ?? 0;
      const draft = await getDraft(inTests(this.db), { ownerId: id, subject: "prompt" });
      const { saves } = JSON.parse(draft?.content ?? '{"saves":0}');
      if (saves < last) faults.push(`the draft of ${username} is of save ${saves}, not ${last}`);
    }
    expect(faults).toEqual([]);
  }

  private async work(person: Labeler): Promise<void> {
    /** Comparisons whose answers were not there yet. */
    const asked: string[] = [];
    while (this.open) await this.once(person, asked).catch((error) => this.note(error));
  }

  private async note(error: unknown): Promise<void> {
    if (error instanceof ORPCError && error.status >= 500) {
      if (named[error.status]?.test(error.message)) this.refused[error.status] = 1 + (this.refused[error.status] ?? 0);
      else this.problems.push(`${error.status}: ${error.message}`);
    }
    await pause(50);
  }

  private async once(person: Labeler, asked: string[]): Promise<void> {
    const saves = 1 + (this.saves.get(person.username) ?? 0);
    this.saves.set(person.username, saves);
    await person.api.drafts.save({ subject: "prompt", basedOn: 0, writer: person.username, content: { saves } });
    this.acknowledged.drafts.set(person.username, saves);

    const text = promptText();
    const prompt = await this.untilAnswered((context) =>
      person.api.prompts.create(plain(text, "open QA", "Fish."), { context }),
    );
    if (!prompt) return;
    this.acknowledged.prompts.set(prompt.id, text);
    // Always some to be generated, and never more than a slow machine ends in time.
    while (asked[0] && (await getComparison(this.db, asked[0]))?.state !== "generating") asked.shift();
    if (asked.length < 5) {
      const wanted = { promptId: prompt.id, modelId: this.modelId, k: 2, maxTokens: 6 };
      const started = await this.untilAnswered((context) => person.api.comparisons.create(wanted, { context }));
      if (started) {
        asked.push(started.id);
        this.acknowledged.comparisons.add(started.id);
      }
    }

    const assignment = await person.api.assignments.next();
    if (!assignment) return;
    this.hold(assignment.comparisonId, person);
    const ahead = await person.api.assignments.next({ after: assignment.id });
    if (ahead) this.hold(ahead.comparisonId, person);
    const { rankingId, comparisonId } = await person.api.rankings.submit({
      id: assignment.id,
      ...submission(assignment, "A>B"),
    });
    this.acknowledged.rankings.set(rankingId, comparisonId);
  }

  /** The same call under one key until the server has said what became of it; undefined when it was refused. */
  private async untilAnswered<T>(call: (context: { idempotencyKey: string }) => Promise<T>): Promise<T | undefined> {
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

  private hold(comparisonId: string, { username }: Person): void {
    const holder = this.holders.get(comparisonId);
    if (holder && holder !== username) this.problems.push(`${comparisonId} is held by ${holder} and by ${username}`);
    this.holders.set(comparisonId, username);
  }
}
