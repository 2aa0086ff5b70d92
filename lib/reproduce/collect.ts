// What the simulated labelers do in the application: write prompts and demonstrations, have answers generated, rate and
// rank them. Whatever is there already, from a try that was stopped, is not made again.
import { createHash } from "node:crypto";
import { Random } from "../../models/random.ts";
import type { Task } from "../../models/world/asking.ts";
import { apart } from "../preference/guards.ts";
import { formatRanking, labelsOf } from "../preference/ranking.ts";
import { twinsAmong } from "../preference/twins.ts";
import { messagesOf } from "../vocabulary/conversation.ts";
import type { Prompt } from "../vocabulary/shapes.ts";
import { type Application, type SimulatedPerson, throughRestarts } from "./application.ts";
import { promptKey } from "./prompts.ts";
import type { Step } from "./steps.ts";

/** Writes each task as a prompt with its demonstration, the training labelers taking turns. */
export async function writeDemonstrations(app: Application, tasks: readonly Task[], step: Step): Promise<void> {
  const there = await promptsThere(app);
  await byTurns(app.labelers.filter(isTraining), tasks, step, "demonstrations", async ({ api }, task) => {
    if (!there.has(promptKey(task.prompt))) await api.prompts.create({ ...written(task), demonstration: task.answer });
  });
}

/** Generation says which model answers, how many times, and with which settings. */
export interface Generation {
  modelId: string;
  k: number;
  temperature: number;
  maxTokens: number;
  seed: number;
}

/**
 * Writes each task as a prompt, has it answered once, and has the answers ranked by one labeler of each group.
 * @param groups e.g. the training labelers, and the held-out ones; a group's members take the tasks by turns
 */
export async function rankAnswers(
  app: Application,
  tasks: readonly Task[],
  groups: readonly (readonly SimulatedPerson[])[],
  generation: (i: number, count: number) => Generation,
  step: Step,
): Promise<void> {
  const there = await promptsThere(app);
  await byTurns(groups[0]!, tasks, step, "prompts ranked", async ({ api }, task, i) => {
    const known = there.get(promptKey(task.prompt)) ?? (await api.prompts.create(written(task)));
    const [made] = (await app.admin.prompts.get({ id: known.id })).comparisonList;
    const asked = { promptId: known.id, ...generation(i, tasks.length), wanted: groups.length };
    const { id } = made ?? (await app.admin.comparisons.create(asked));
    for (const group of groups) await rankOnce(app, group[i % group.length]!, task, id, step.signal);
  });
}

/** The answers to each task that were ranked, in the order one labeler saw them. */
export async function shownAnswers(app: Application, tasks: readonly Task[]): Promise<string[][]> {
  const there = await promptsThere(app);
  const shown: string[][] = [];
  for (const { prompt } of tasks) {
    const { comparisonList } = await app.admin.prompts.get({ id: there.get(promptKey(prompt))!.id });
    const { candidates } = await app.admin.comparisons.get({ id: comparisonList[0]!.id });
    shown.push(candidates.map(({ text }) => text));
  }
  return shown;
}

async function rankOnce(
  app: Application,
  { labeler, api }: SimulatedPerson,
  task: Task,
  comparisonId: string,
  signal: AbortSignal,
): Promise<void> {
  await ended(app, comparisonId, signal);
  if ((await api.comparisons.get({ id: comparisonId })).isRankedByMe) return;
  const assignment = await api.assignments.next({ comparisonId });
  if (!assignment) throw new Error(`The comparison ${comparisonId} was not given to ${labeler.name}.`);
  // In the order of their texts, not as they are shown: whoever ranks them another time ranks them alike.
  const candidates = assignment.candidates.toSorted((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  const random = new Random(seedOf(`${labeler.name}\n${promptKey(task.prompt)}`));
  const ratings = candidates.map(({ label, text }) => {
    const { quality, flags } = labeler.rate(task, text, random);
    return { label, likert: quality, flags, note: "", spentMs: 0 };
  });
  const places = labelsOf(candidates.length);
  const tiers = labeler.rank(
    task,
    candidates.map(({ text }) => text),
    random,
  );
  const ranked = tiers.map((tier) => tier.map((place) => candidates[places.indexOf(place)]!.label));
  // A labeler with an error rate takes now and then one text for two.
  const guard = apart(twinsAmong(candidates), ranked);
  const guards = guard ? [guard] : [];
  const notation = formatRanking(ranked);
  await api.rankings.submit({ id: assignment.id, notation, ratings, promptFlags: [], guards });
}

const seedOf = (text: string): number => createHash("sha256").update(text).digest().readUIntBE(0, 6);

/** Waits until the answers are generated. @throws Error when they could not be generated */
async function ended(app: Application, id: string, signal: AbortSignal): Promise<void> {
  let latest = await app.admin.comparisons.get({ id });
  if (latest.state === "generating") {
    for await (latest of await app.admin.comparisons.watch({ id }, { signal, context: throughRestarts }));
  }
  if (latest.state === "ready") return;
  const problem = latest.candidates.find(({ error }) => error !== null)?.error ?? latest.state;
  throw new Error(`The answers of comparison ${id} could not be generated: ${problem}`);
}

export const isTraining = ({ labeler }: SimulatedPerson): boolean => !labeler.heldOut;

const written = ({ useCase, prompt }: Task) => ({
  kind: "plain" as const,
  useCase,
  prompt: messagesOf(prompt).map((message) => ({ ...message })),
});

async function promptsThere(app: Application): Promise<Map<string, Prompt>> {
  const there = new Map<string, Prompt>();
  for (let cursor: string | undefined; ; ) {
    const { items, next } = await app.admin.prompts.list({ limit: 100, ...(cursor ? { cursor } : {}) });
    for (const prompt of items) there.set(promptKey(prompt.messages), prompt);
    if (next === null) return there;
    cursor = next;
  }
}

/** Lets people work side by side, each on their own tasks: task i belongs to person i mod n. */
async function byTurns(
  people: readonly SimulatedPerson[],
  tasks: readonly Task[],
  { signal, tell }: Step,
  what: string,
  work: (person: SimulatedPerson, task: Task, i: number) => Promise<void>,
): Promise<void> {
  let done = 0;
  await Promise.all(
    people.map(async (person, p) => {
      for (let i = p; i < tasks.length; i += people.length) {
        signal.throwIfAborted();
        await work(person, tasks[i]!, i);
        done++;
        if (done % 20 === 0) tell(`${done} of ${tasks.length} ${what}`);
      }
    }),
  );
}
