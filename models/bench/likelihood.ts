// What a language model knows of good answers before anybody has compared any: numbers made of log p, with the prompt and
// without it, against right answers to other prompts and against simulated labelers.
// node models/bench/likelihood.ts --model DIR --writers DIR,DIR,… [--train 600] [--held-out 400] [--right 400]
//   [--temperature 1] [--threads 1] [--answers FILE]
// --writers: the language models whose answers are ranked, a prompt each by turns. --answers keeps them between calls.
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { parseArgs } from "node:util";
import { labelsOf } from "../../lib/preference/ranking.ts";
import { languageModel } from "../gpt/checkpoint.ts";
import { loadTokenizer } from "../gpt/tokenizer.ts";
import { bootstrap, mean, moments } from "../interval.ts";
import { Random } from "../random.ts";
import { agreement } from "../train/agreement.ts";
import type { PromptGroup } from "../train/data.ts";
import { answerLogProbabilities, ForwardPass } from "../train/forward-pass.ts";
import { packOf } from "../train/packed.ts";
import { sampleAnswers } from "../train/sample-answers.ts";
import type { Task } from "../world/asking.ts";
import { judge } from "../world/judge.ts";
import { labelers } from "../world/labelers.ts";
import type { Part } from "../world/parts.ts";
import { tasks } from "../world/tasks.ts";
import { answerTokens } from "./gold.ts";
import { report } from "./measure.ts";

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    writers: { type: "string" },
    answers: { type: "string" },
    train: { type: "string", default: "600" },
    "held-out": { type: "string", default: "400" },
    right: { type: "string", default: "400" },
    temperature: { type: "string", default: "1" },
    threads: { type: "string" },
  },
});
if (!values.model || !values.writers)
  throw new Error("Name a model with --model, and who writes answers with --writers.");
const model = resolve(values.model);
const threads = values.threads === undefined ? {} : { threads: Number(values.threads) };

interface Answered {
  task: Task;
  answers: readonly string[];
}

/** log p of an answer's tokens, given its prompt and given none of it. */
interface Read {
  given: Float32Array;
  alone: Float32Array;
}

const sum = (list: ArrayLike<number>) => Array.from(list).reduce((a, b) => a + b, 0);
const lowest = (list: ArrayLike<number>) => Array.from(list).sort((a, b) => a - b);
const lifts = ({ given, alone }: Read) => given.map((x, t) => x - alone[t]!);

/** Each says something about how good an answer is. n: tokens, the end token among them. */
const scalars: Record<string, (read: Read) => number> = {
  "Σ log p": ({ given }) => sum(given),
  "mean log p": ({ given }) => mean(given),
  "Σ log p / n^0.7": ({ given }) => sum(given) / given.length ** 0.7,
  "lowest log p": ({ given }) => lowest(given)[0]!,
  "mean of the lowest three": ({ given }) => mean(lowest(given).slice(0, 3)),
  "Σ lift, log p(y|x) − log p(y)": (read) => sum(lifts(read)),
  "mean lift": (read) => mean(lifts(read)),
  "Σ lift / n^0.7": (read) => sum(lifts(read)) / read.given.length ** 0.7,
  "lowest lift": (read) => lowest(lifts(read))[0]!,
  "log n": ({ given }) => Math.log(given.length),
};
const names = Object.keys(scalars);
/** What a head could read, together. */
const combinations: readonly (readonly string[])[] = [
  ["Σ log p / n^0.7", "log n"],
  ["Σ log p / n^0.7", "Σ lift / n^0.7"],
  ["Σ log p / n^0.7", "Σ lift / n^0.7", "log n"],
  names,
];

/** Nothing is asked: what is left is how likely the words are by themselves. */
const noPrompt = "";

async function read(list: readonly Answered[]): Promise<Read[][]> {
  const { config, weights } = await languageModel(model);
  const tokenizer = await loadTokenizer(model);
  const forward = new ForwardPass(config, answerLogProbabilities(), threads);
  const packs = (asked: (task: Task) => Task["prompt"]) =>
    list.map(({ task, answers }) => packOf(tokenizer, asked(task), answers, config.nCtx));
  const given = await forward.run(
    weights,
    packs(({ prompt }) => prompt),
  );
  const alone = await forward.run(
    weights,
    packs(() => noPrompt),
  );
  await forward.dispose();
  return given.map((answers, g) => answers.map((one, a) => ({ given: one, alone: alone[g]![a]! })));
}

/** Each task with its own answer, a right one to another task of its kind, and a right one to any other. */
function rightAnswers(count: number): Answered[] {
  const list = tasks(1, "test")
    .take(12 * count)
    .toArray();
  const [own, others] = [list.slice(0, count), list.slice(count)];
  const kind = ({ useCase, form, want }: Task) =>
    [useCase, form, want.kind, want.kind === "text" ? want.form : ""].join();
  const r = new Random(1);
  return own.flatMap((task) => {
    const like = others.filter((one) => kind(one) === kind(task) && judge(task, one.answer).parts.asked < 0.6);
    return like.length === 0 ? [] : [{ task, answers: [task.answer, r.pick(like).answer, r.pick(others).answer] }];
  });
}

async function writtenAnswers(part: Part, count: number, seed: number): Promise<Answered[]> {
  const list = tasks(seed, part).take(count).toArray();
  const written = list.map((): string[] => []);
  const writers = values.writers!.split(",");
  for (const [w, writer] of writers.entries()) {
    // K = 4 to 9 by turns, as InstructGPT's labelers had it.
    const whose = list.flatMap((_, i) =>
      i % writers.length === w ? Array.from({ length: 4 + (i % 6) }, () => i) : [],
    );
    const prompts = whose.map((i) => list[i]!.prompt);
    const temperature = Number(values.temperature);
    const answers = await sampleAnswers({
      model: resolve(writer),
      prompts,
      answerTokens,
      seed,
      temperature,
      ...threads,
    });
    for (const [n, { text }] of answers.entries()) {
      const own = written[whose[n]!]!;
      if (text.trim() !== "" && !own.includes(text)) own.push(text);
    }
  }
  return list.map((task, i) => ({ task, answers: written[i]! })).filter(({ answers }) => answers.length > 1);
}

/** As a training labeler orders them, a task each by turns. */
function ranked(list: readonly Answered[], seed: number): PromptGroup[] {
  const people = labelers(1).filter(({ heldOut }) => !heldOut);
  return list.map(({ task, answers }, i) => {
    const tiers = people[i % people.length]!.rank(task, answers, new Random(seed * 2 ** 32 + i));
    const labels = labelsOf(answers.length);
    const rank = answers.map((_, a) => tiers.findIndex((tier) => tier.includes(labels[a]!)));
    const places = [...answers.keys()];
    const pairs = places.flatMap((a) =>
      places.flatMap((b): [number, number][] => (rank[a]! < rank[b]! ? [[a, b]] : [])),
    );
    return { promptKey: String(i), prompt: task.prompt, answers: [...answers], pairs, ties: [], split: undefined };
  });
}

/** Logistic regression on the differences, the pairs of a prompt weighing 1 together, by Newton's method. */
function fitted(groups: readonly PromptGroup[], features: readonly (readonly number[][])[]): number[] {
  const width = features[0]![0]!.length;
  const scale = Array.from(
    { length: width },
    (_, j) => Math.sqrt(moments(features.flat().map((x) => x[j]!)).variance) || 1,
  );
  let theta = new Array<number>(width).fill(0);
  for (let step = 0; step < 25; step++) {
    const slope = theta.map((x) => -0.01 * x);
    const curvature = theta.map((_, i) => theta.map((_, j) => (i === j ? 0.01 : 0)));
    for (const [g, { pairs }] of groups.entries()) {
      for (const [winner, loser] of pairs) {
        const x = scale.map((s, j) => (features[g]![winner]![j]! - features[g]![loser]![j]!) / s);
        const wrong = 1 / (1 + Math.exp(sum(x.map((value, j) => value * theta[j]!))));
        for (const [i, value] of x.entries()) {
          slope[i]! += (value * wrong) / pairs.length;
          for (const [j, other] of x.entries())
            curvature[i]![j]! += (value * other * wrong * (1 - wrong)) / pairs.length;
        }
      }
    }
    const move = solved(curvature, slope);
    theta = theta.map((x, j) => x + move[j]!);
  }
  return theta.map((x, j) => x / scale[j]!);
}

/** x of A·x = b, by elimination; A is symmetric and positive definite. */
function solved(A: readonly (readonly number[])[], b: readonly number[]): number[] {
  const rows = A.map((row, i) => [...row, b[i]!]);
  for (const [i, own] of rows.entries()) {
    for (const other of rows) {
      const factor = other[i]! / own[i]!;
      if (other !== own) for (let j = i; j < own.length; j++) other[j]! -= factor * own[j]!;
    }
  }
  return rows.map((row, i) => row.at(-1)! / row[i]!);
}

const percent = (x: number) => (100 * x).toFixed(1);
const accuracy = (groups: readonly PromptGroup[], scores: readonly number[][]) => {
  const { accuracy: value, accuracy_low: low, accuracy_high: high } = agreement(groups, scores);
  return `${percent(value)} [${percent(low)}, ${percent(high)}]`;
};

const right = rightAnswers(Number(values.right));
const rightReads = await read(right);
console.log(`${basename(model)}: the right answer before one to another prompt, % of ${right.length} prompts`);
for (const name of names) {
  const beats = (other: number) => {
    const of = (g: number, a: number) => scalars[name]!(rightReads[g]![a]!);
    const interval = bootstrap(
      right.map((_, g) => (1 + Math.sign(of(g, 0) - of(g, other))) / 2),
      mean,
    );
    return `${percent(interval.value)} [${percent(interval.low)}, ${percent(interval.high)}]`;
  };
  report(`  ${name}`, `${beats(1)}`, `of the same kind; any: ${beats(2)}`);
}

const kept = values.answers !== undefined && existsSync(values.answers);
const both: [Answered[], Answered[]] = kept
  ? JSON.parse(await readFile(values.answers!, "utf8"))
  : [
      await writtenAnswers("train", Number(values.train), 2),
      await writtenAnswers("validation", Number(values["held-out"]), 1),
    ];
if (values.answers !== undefined && !kept) await writeFile(values.answers, JSON.stringify(both));
const [train, heldOut] = both;
const [trainGroups, heldOutGroups] = [ranked(train, 1), ranked(heldOut, 2)];
const [trainReads, heldOutReads] = [await read(train), await read(heldOut)];
const pairs = heldOutGroups.reduce((n, group) => n + group.pairs.length, 0);
console.log(
  `${basename(model)}: held-out pairs ordered as a training labeler did, % of ${pairs} in ${heldOut.length} prompts`,
);
const judged = heldOut.map(({ task, answers }) => answers.map((answer) => judge(task, answer)));
report(
  "  gold judge",
  accuracy(
    heldOutGroups,
    judged.map((all) => all.map(({ score }) => score)),
  ),
);
report(
  "  … what was asked alone",
  accuracy(
    heldOutGroups,
    judged.map((all) => all.map(({ parts }) => parts.asked)),
  ),
);
for (const name of names) {
  report(
    `  ${name}`,
    accuracy(
      heldOutGroups,
      heldOutReads.map((all) => all.map(scalars[name]!)),
    ),
  );
}
for (const some of combinations) {
  const features = (reads: Read[][]) => reads.map((all) => all.map((one) => some.map((name) => scalars[name]!(one))));
  const theta = fitted(trainGroups, features(trainReads));
  const scores = features(heldOutReads).map((all) => all.map((x) => sum(x.map((value, j) => value * theta[j]!))));
  report(
    `  fitted on ${train.length} rankings: ${some === names ? "all" : some.join(", ")}`,
    accuracy(heldOutGroups, scores),
  );
}
