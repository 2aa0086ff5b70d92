import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answerText } from "../../lib/preference/records.ts";
import { parseArchitecture } from "../gpt/architecture.ts";
import { describeModel, readModel, writeModel } from "../gpt/checkpoint.ts";
import { rewardHead } from "../gpt/heads.ts";
import { initialWeights } from "../gpt/init.ts";
import { bothGradients } from "../onnx/numeric.ts";
import { likelihoodPower, likelihoodWeight } from "./likelihood-head.ts";
import {
  colours,
  difference,
  finished,
  jsonl,
  likelihoodRewardHead,
  losses,
  oasstFile,
  oasstPairs,
  politePairs,
  politeRun,
  randomModel,
  tinyConfig,
  tinyPacks,
  tinyWeights,
} from "./models.fixture.ts";
import { NonFiniteError } from "./optimizer.ts";
import { batching, packedFeeds, rewardFeeds } from "./packed.ts";
import { pairFeeds } from "./pairwise.ts";
import { evaluateReward, rewardObjective, trainReward } from "./reward.ts";
import { type RewardTrainConfig, rewardDefaults } from "./reward-config.ts";
import { RewardScorer } from "./score.ts";
import { initialValue } from "./value.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "rankloop-reward-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function toyRun(name: string, change: Partial<RewardTrainConfig> = {}): Promise<RewardTrainConfig> {
  const places = await politeRun(dir, name);
  return { ...rewardDefaults, rows: 8, threads: 1, epochs: 5, learningRate: 1e-3, ...places, ...change };
}

async function withData(config: RewardTrainConfig, content: string | Buffer): Promise<RewardTrainConfig> {
  await writeFile(config.data, content);
  return config;
}

const lossesOf = (config: RewardTrainConfig, stopAfter?: number) =>
  losses((signal) => trainReward(config, signal), stopAfter);

test("learns a rule, and writes a reward model that scores by it and evaluates to its own figures", async () => {
  const config = await toyRun("learns", { epochs: 30, validFraction: 0 });
  const { events, metrics } = await finished(trainReward(config));
  expect(events.at(-1)!.metrics.accuracy).toBe(1);
  expect(metrics).toEqual({ "train/prompts": 8, "train/prompts_held_out": 0, "train/pairs": 24, "train/step": 120 });
  expect((await describeModel(config.out)).kind).toBe("reward");
  const evaluation = await evaluateReward({ model: config.out, data: config.data });
  expect(evaluation["eval/accuracy"]).toBe(1);
  expect(evaluation["eval/pairs"]).toBe(24);
  const scorer = await RewardScorer.load(config.out);
  const prompt = "Name a colour like red.";
  const [right, wrong] = await scorer.score([
    { prompt, answer: "It is gray, thank you." },
    { prompt, answer: "It is gray, go away." },
  ]);
  expect(right!).toBeGreaterThan(wrong!);
  // Alone or in company, an answer's score is the same.
  expect((await scorer.score([{ prompt, answer: "It is gray, thank you." }]))[0]).toBeCloseTo(right!, 5);
  await scorer.dispose();
});

test("resumed from a checkpoint it gives the losses of a run never stopped", async () => {
  const whole = await lossesOf(await toyRun("whole"));
  const config = await toyRun("broken");
  const before = await lossesOf(config, 7);
  expect(before).toEqual(whole.slice(0, 7));
  const after = await lossesOf(config);
  expect(after.length).toBeGreaterThanOrEqual(10);
  expect(after).toEqual(whole.slice(7));
});

test("ten losses on a fixed set are the same as ever", async () => {
  const seen = await lossesOf(await toyRun("golden", { learningRate: 1e-4 }));
  const golden = [
    1.011556, 0.8736379, 0.7613084, 0.6525092, 0.5616879, 0.4860544, 0.4041347, 0.3571146, 0.3014049, 0.2633958,
  ];
  expect(difference(seen.slice(0, 10), golden)).toBeLessThan(1e-4);
});

test("a head that reads the likelihood is fitted before the body learns; ten losses, the same as ever", async () => {
  const config = await toyRun("likelihood", { learningRate: 1e-4, likelihood: true, validFraction: 0 });
  const seen = await lossesOf(config);
  expect(seen[0]).toBeLessThan(Math.LN2);
  const golden = [
    0.0044966, 0.0033858, 0.0028555, 0.002244, 0.0021488, 0.0015386, 0.0014164, 0.0012382, 0.0011328, 0.0010134,
  ];
  expect(difference(seen.slice(0, 10), golden)).toBeLessThan(1e-4);
  expect((await describeModel(config.out)).likelihoodPower).toBe(likelihoodPower);

  const scorer = await RewardScorer.load(config.out);
  const prompt = "Name a colour like red.";
  const answers = ["It is gray, thank you.", "It is gray, go away."];
  const [judged] = await scorer.scoreWithHeads([{ prompt, answers }]);
  expect(judged!.heads[0]).toHaveLength(8);
  for (const [i, answer] of answers.entries()) {
    expect((await scorer.score([{ prompt, answer }]))[0]).toBeCloseTo(judged!.scores[i]!, 4);
  }
  await scorer.dispose();

  // Gone on with, it keeps its head.
  const further = {
    ...config,
    model: config.out,
    out: join(dir, "further"),
    checkpoints: join(dir, "further-checkpoint"),
  };
  await finished(trainReward({ ...further, likelihood: false }));
  expect((await describeModel(further.out)).likelihoodPower).toBe(likelihoodPower);
});

test("the likelihood's weight, by hand: of equal differences d a share p in the right order gives ln(p / (1 − p)) / d", () => {
  const answers = [Float32Array.of(9, 2), Float32Array.of(9, 0)];
  // The likelier answer wins three times of four.
  const groups = [0, 0, 0, 1].map((winner) => ({ pairs: [[winner, 1 - winner]] as [number, number][] }));
  const many = Array.from({ length: 100 }, () => groups).flat();
  const weight = likelihoodWeight(
    many,
    many.map(() => answers),
  );
  expect(weight).toBeCloseTo(Math.log(3) / 2, 4);
});

test("an untied unembedding stays with a head that reads the likelihood, and the value function leaves both", async () => {
  const config = await toyRun("untied", { likelihood: true, validFraction: 0 });
  const { config: tied, weights } = await readModel(config.model);
  const untied = { ...tied, tieWordEmbeddings: false };
  const own = { shape: [...weights.get("wte.weight")!.shape], data: weights.get("wte.weight")!.data.map((x) => -x) };
  const model = {
    config: untied,
    kind: "lm" as const,
    weights: new Map([...weights, ["lm_head.weight", own] as const]),
  };
  await writeModel(config.model, { ...model, dtype: "F32", tokenizerFrom: `${config.model}-tokenizer` });
  await finished(trainReward(config));
  const trained = await readModel(config.out);
  expect(trained.weights.get("lm_head.weight")!.data).not.toEqual(own.data);
  const value = initialValue(trained);
  expect(value.weights.has("lm_head.weight")).toBe(false);
  expect(value.weights.get("score.weight")!.shape).toEqual([1, tied.nEmbd]);
  const scorer = await RewardScorer.load(config.out);
  const answers = ["It is gray, thank you.", "It is gray, go away."];
  const [[polite, rude]] = (await scorer.scoreGroups([{ prompt: "Name a colour like red.", answers }])) as [
    [number, number],
  ];
  expect(polite).toBeGreaterThan(rude);
  await scorer.dispose();
});

test("a reward model keeps a head that does not read the likelihood, and says so", async () => {
  const config = await toyRun("keeps");
  await finished(trainReward(config));
  const further = trainReward({ ...config, model: config.out, out: join(dir, "kept"), likelihood: true });
  await expect(further.next()).rejects.toThrow("whose head does not read the likelihood, and keeps it");
});

test("several passes a step give the losses of one", async () => {
  const whole = await lossesOf(await toyRun("one-pass"));
  const parts = await lossesOf(await toyRun("passes", { tokens: 60 }));
  for (const [i, loss] of whole.entries()) expect(parts[i]).toBeCloseTo(loss, 4);
});

test.each([
  ["", rewardHead],
  [" and the likelihood", likelihoodRewardHead],
])("gradients of the whole model agree with numeric differences, Davidson's ν%s included", async (_, head) => {
  const packs = tinyPacks([{ prompt: 7, answers: [5, 2, 6] }]);
  // Two answers share a row.
  const [batch] = batching(packs, (length) => length + 2)([0], 100);
  const { shape } = batch!;
  const compared = {
    answers: [0, 1, 2],
    pairs: [
      [0, 1],
      [2, 1],
    ] as [number, number][],
    ties: [[0, 2]] as [number, number][],
  };
  const nu = { "ties.log_nu": { shape: [1], data: Float32Array.of(-0.5) } };
  const both = await bothGradients(
    { ...Object.fromEntries(tinyWeights(head)), ...nu },
    (graph, parameters) => rewardObjective(graph, tinyConfig, head, parameters, shape, "davidson").loss,
    {
      ...packedFeeds(batch!, shape, 0),
      ...rewardFeeds(batch!, shape, head),
      ...pairFeeds([compared], [compared], 3, "davidson"),
    },
    { at: 3, h: 2 ** -6 },
  );
  for (const { name, index, graph, numeric } of both) {
    expect(Math.abs(graph - numeric), `${name}[${index}]`).toBeLessThan(5e-3 + 0.02 * Math.abs(numeric));
  }
});

test.each([
  ["soft", undefined],
  ["davidson", 0],
] as const)("ties %s are learned from: tied answers come closer together than without", async (ties, least) => {
  const config = await toyRun(`ties-${ties}`, { epochs: 20, validFraction: 0 });
  // Of three answers the first is best, and the two others are equal.
  const tied = colours.flatMap((colour) => {
    const prompt = `Name a colour like ${colour}.`;
    const ids = {
      prompt,
      prompt_id: colour,
      ranking_id: colour,
      chosen: `It is ${colour}, thank you.`,
      chosen_id: "a",
    };
    return [
      { ...ids, rejected: `It is ${colour}, go away.`, rejected_id: "b", chosen_rank: 1, rejected_rank: 2 },
      { ...ids, rejected: "What?", rejected_id: "c", chosen_rank: 1, rejected_rank: 2 },
    ];
  });
  await writeFile(config.data, jsonl(tied));
  const gap = async (model: string) => {
    const scorer = await RewardScorer.load(model, { threads: 1 });
    const groups = colours.map((colour) => ({
      prompt: `Name a colour like ${colour}.`,
      answers: [`It is ${colour}, go away.`, "What?"],
    }));
    const scores = await scorer.scoreGroups(groups);
    await scorer.dispose();
    return scores.reduce((sum, [b, c]) => sum + Math.abs(b! - c!), 0) / scores.length;
  };
  await finished(trainReward(config));
  const dropped = await gap(config.out);
  const places = { out: `${config.out}-${ties}`, checkpoints: `${config.checkpoints}-${ties}` };
  const { metrics } = await finished(trainReward({ ...config, ...places, ties }));
  expect(metrics["train/ties"]).toBe(8);
  if (least !== undefined) expect(metrics.davidson_nu).toBeGreaterThan(least);
  expect(await gap(places.out)).toBeLessThan(dropped);
  expect((await describeModel(places.out)).kind).toBe("reward");
});

test("demonstrations score 0 on average where a file of them is given, else the training answers", async () => {
  const config = await toyRun("normalised", { validFraction: 0 });
  const mean = async (items: { prompt: string; answer: string }[]) => {
    const scorer = await RewardScorer.load(config.out, { threads: 1 });
    const scores = await scorer.score(items);
    await scorer.dispose();
    return scores.reduce((a, b) => a + b, 0) / scores.length;
  };
  await finished(trainReward(config));
  const answers = new Map(
    politePairs.flatMap(({ prompt, chosen, rejected }) =>
      [chosen, rejected].map((answer) => [`${prompt} ${answer}`, { prompt, answer }] as const),
    ),
  );
  expect(await mean([...answers.values()])).toBeCloseTo(0, 4);

  const demonstrations = join(dir, "demonstrations.jsonl");
  const shown = politePairs.slice(0, 5).map(({ prompt, chosen }) => ({ prompt, completion: chosen }));
  await writeFile(demonstrations, jsonl(shown));
  await finished(trainReward({ ...config, checkpoints: `${config.checkpoints}-2`, demonstrations }));
  expect(await mean(shown.map(({ prompt, completion }) => ({ prompt, answer: completion })))).toBeCloseTo(0, 4);
});

/** The scores by transformers 5.18's AutoModelForSequenceClassification of what these runs write, each text alone. */
const elsewhere: Record<string, { shown: number[]; compared: number[] }> = {
  gpt2: { shown: [0.394857, -0.374977, 0.14568, -0.165559], compared: [4.57905, -5.679157] },
  llama: { shown: [-0.891859, -1.369256, -0.995385, -1.385344], compared: [1.659273, -1.681771] },
};
test.each(Object.keys(elsewhere))(
  "%s: a trained reward model's scores are those that transformers computes",
  async (type) => {
    const config = await toyRun(`elsewhere-${type}`, { epochs: 2, validFraction: 0 });
    if (type === "llama") await writeLlama(config.model);
    const shown = colours.slice(0, 4).map((colour) => ({ prompt: "Which do you like?", answer: `I like ${colour}.` }));
    const demonstrations = join(dir, `shown-${type}.jsonl`);
    await writeFile(demonstrations, jsonl(shown.map(({ prompt, answer }) => ({ prompt, completion: answer }))));
    await finished(trainReward({ ...config, demonstrations }));
    const [{ prompt, chosen, rejected }] = politePairs as [(typeof politePairs)[0]];
    const scorer = await RewardScorer.load(config.out, { threads: 1 });
    const scores = await scorer.score([...shown, ...[chosen, rejected].map((answer) => ({ prompt, answer }))]);
    await scorer.dispose();
    // Llama's norms cannot hold the shift: its card says so, and how much it is.
    const { weights } = await readModel(config.out);
    const shift = weights.get("score.bias")!.data[0]!;
    const card = await readFile(join(config.out, "README.md"), "utf8");
    expect(card.includes(`plus ${shift.toPrecision(6)}`)).toBe(type === "llama");
    const expected = [...elsewhere[type]!.shown, ...elsewhere[type]!.compared];
    expect(expected).toHaveLength(scores.length);
    for (const [i, score] of scores.entries()) expect(score - shift).toBeCloseTo(expected[i]!, 4);
    const mean = elsewhere[type]!.shown.reduce((a, b) => a + b, 0) / shown.length;
    expect(mean + shift).toBeCloseTo(0, 4);
  },
);

/** A Llama in the place of the model that is there, with its tokenizer. */
async function writeLlama(model: string): Promise<void> {
  const { config: before } = await readModel(model);
  const keys = { max_position_embeddings: 128, hidden_size: 32, num_hidden_layers: 2, intermediate_size: 64 };
  const config = parseArchitecture(
    {
      ...{ model_type: "llama", vocab_size: before.vocabSize, eos_token_id: before.eosTokenIds },
      ...{ ...keys, num_attention_heads: 4, num_key_value_heads: 2 },
    },
    "config.json",
  );
  const weights = initialWeights(config, 1);
  await writeModel(model, { config, kind: "lm", weights, dtype: "F32", tokenizerFrom: model });
}

test("a checkpoint of other data is refused, and nothing is written", async () => {
  const config = await toyRun("foreign");
  await lossesOf(config, 2);
  await writeFile(config.data, jsonl(politePairs.slice(1)));
  await expect(trainReward(config).next()).rejects.toThrow("holds the checkpoint of another run");
  await expect(stat(config.out)).rejects.toThrow();
});

test("a loss that is not finite stops the run, naming the step; the last checkpoint is whole", async () => {
  const config = await toyRun("nan");
  await lossesOf(config, 2);
  const state = () => readFile(join(config.checkpoints, "state.json"), "utf8");
  const saved = await state();
  // Spoil the weights on their way into the run: so large that the next step overflows.
  const file = join(config.checkpoints, "state.safetensors");
  const spoiled = await readFile(file);
  for (let at = spoiled.length % 4; at < spoiled.length; at += 4) {
    if (at > spoiled.length / 2) spoiled.writeFloatLE(1e30, at);
  }
  await writeFile(file, spoiled);
  const run = async () => {
    for await (const _ of trainReward(config));
  };
  await expect(run()).rejects.toThrow(NonFiniteError);
  await expect(run()).rejects.toThrow(/^Step \d+: the (loss|gradient norm) is/);
  expect(await state()).toBe(saved);
  expect(await readFile(file)).toEqual(spoiled);
});

test("a checkpoint is not gone on with from another model", async () => {
  const config = await toyRun("base");
  await lossesOf(config, 2);
  const other = await randomModel(
    join(dir, "base-other"),
    politePairs.map((pair) => pair.rejected),
  );
  await expect(trainReward({ ...config, model: other }).next()).rejects.toThrow("holds the checkpoint of another run");
});

test("an --out that cannot be replaced is refused before the first step", async () => {
  const config = await toyRun("foreign-out");
  await mkdir(config.out);
  await writeFile(join(config.out, "thesis.tex"), "years of work");
  await expect(trainReward(config).next()).rejects.toThrow("holds thesis.tex, which is no part of this model");
});

test("held-out prompts are whole prompts, reported with an interval and beside 'longer wins'", async () => {
  const config = await toyRun("held", { validFraction: 0.25, epochs: 1 });
  let metrics: Record<string, number> = {};
  for await (const event of trainReward(config)) metrics = { ...metrics, ...event.metrics };
  expect(metrics["eval/prompts"]).toBe(2);
  expect(metrics["eval/pairs"]).toBe(6);
  expect(metrics["eval/accuracy_low"]!).toBeLessThanOrEqual(metrics["eval/accuracy"]!);
  expect(metrics["eval/accuracy_high"]!).toBeGreaterThanOrEqual(metrics["eval/accuracy"]!);
  expect(metrics["eval/longer_wins"]!).toBeGreaterThanOrEqual(0);
});

test.each([
  [
    "a missing file",
    async (c: RewardTrainConfig) => ({ ...c, data: join(dir, "none.jsonl") }),
    /There is no file .*none\.jsonl/,
  ],
  [
    "a truncated line",
    (c: RewardTrainConfig) => withData(c, `${jsonl(politePairs)}{"prompt": "a`),
    /\.jsonl:25: the line is not whole JSON/,
  ],
  [
    "a line that is not UTF-8",
    (c: RewardTrainConfig) => withData(c, Buffer.from([0x22, 0xff, 0x22, 10])),
    /\.jsonl:1: the line is not UTF-8/,
  ],
  ["no line", (c: RewardTrainConfig) => withData(c, ""), /has no comparison in it/],
  [
    "a learning rate of 0",
    async (c: RewardTrainConfig) => ({ ...c, learningRate: 0 }),
    /^The setting "learningRate" should be more than 0\.$/,
  ],
  [
    "nothing but ties",
    (c: RewardTrainConfig) => withData(c, jsonl([{ ...politePairs[0], chosen_rank: 1, rejected_rank: 1 }])),
    /has no comparison to train on/,
  ],
  ["a missing model", async (c: RewardTrainConfig) => ({ ...c, model: join(dir, "none") }), /none/],
  [
    "more answers than rows",
    async (c: RewardTrainConfig) => ({ ...c, rows: 2 }),
    /has 4 answers compared together, a step only 2/,
  ],
])("bad input, %s: one sentence, nothing written", async (what, spoil, sentence) => {
  const config = await spoil(await toyRun(`bad-${what.replaceAll(" ", "-")}`));
  await expect(trainReward(config).next()).rejects.toThrow(sentence);
  await expect(stat(config.out)).rejects.toThrow();
  await expect(stat(config.checkpoints)).rejects.toThrow();
});

test.skipIf(!existsSync(oasstFile))(
  "overfits 20 Open-Assistant prompts to more than 95 % of the pairs, and reports held-out ones honestly (needs shared/data)",
  async () => {
    const data = join(dir, "oasst.jsonl");
    const pairs = oasstPairs(25);
    // 20 prompts to train on, 5 held out.
    const prompts = [...new Set(pairs.map((pair) => pair.prompt_id))];
    const marked = pairs.map((pair) => ({ ...pair, split: prompts.indexOf(pair.prompt_id) < 20 ? "train" : "valid" }));
    await writeFile(data, jsonl(marked));
    const model = await randomModel(
      join(dir, "oasst-base"),
      pairs.map((pair) => answerText(pair.chosen)),
      { vocabSize: 512, nCtx: 192, nEmbd: 64 },
    );
    const places = { data, model, out: join(dir, "oasst-out"), checkpoints: join(dir, "oasst-checkpoint") };
    const config = { ...rewardDefaults, ...places, epochs: 20, learningRate: 2e-3, overlong: "cut" } as const;
    const { metrics, events } = await finished(trainReward(config));
    expect(metrics["train/prompts"]).toBe(20);
    expect(metrics["eval/prompts"]).toBe(5);

    const scored = join(dir, "oasst-train.jsonl");
    await writeFile(
      scored,
      jsonl(marked.filter(({ split }) => split === "train").map(({ split: _, ...pair }) => pair)),
    );
    const learned = await evaluateReward({ model: places.out, data: scored });
    const heldOut = await evaluateReward({ model: places.out, data });
    console.log(
      `20 prompts trained on: accuracy ${learned["eval/accuracy"]}; 5 held out: ${heldOut["eval/accuracy"]} ` +
        `(${heldOut["eval/accuracy_low"]}-${heldOut["eval/accuracy_high"]}), longer wins ${heldOut["eval/longer_wins"]}`,
    );
    const last = events.slice(-Math.ceil(events.length / 20)).map(({ metrics }) => metrics.accuracy!);
    expect(last.reduce((sum, accuracy) => sum + accuracy, 0) / last.length).toBeGreaterThan(0.95);
    // Learning by heart is not what is kept.
    expect(metrics["train/step"]).toBeLessThan(events.length);
    // The figures reported at the end of training are those measured again from the files.
    expect(heldOut["eval/accuracy"]).toBe(metrics["eval/accuracy"]);
  },
  900_000,
);
