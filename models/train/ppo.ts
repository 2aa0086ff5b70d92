// PPO and PPO-ptx on a reward model (Ouyang et al. 2022, §3.5 and C.4), after Ziegler et al. 2019 and its code: sample
// answers from the policy, score them, charge each token for leaving the reference, and update policy and value
// function, each once. README.md lists every detail with the line that does it. Losses are in ppo-loss.ts.
import { availableParallelism } from "node:os";
import { type Architecture, padId, parameterShapes } from "../gpt/architecture.ts";
import {
  describeModel,
  languageModel,
  type ModelDescription,
  ModelDirectoryError,
  mayWriteModel,
  mustBeLanguageModel,
  readModel,
  type Weights,
  writeModel,
} from "../gpt/checkpoint.ts";
import { bytesToLoad } from "../gpt/decoder.ts";
import { hiddenStates } from "../gpt/forward.ts";
import { languageModelHead, rewardHead, scores } from "../gpt/heads.ts";
import { sameTokens } from "../gpt/padding.ts";
import { loadTokenizer, type Tokenizer } from "../gpt/tokenizer.ts";
import { mean, moments } from "../interval.ts";
import { letGo } from "../onnx/session.ts";
import { Random } from "../random.ts";
import { adamWDefaults } from "./adamw.ts";
import { lmLoss } from "./document-loss.ts";
import type { DocumentRows } from "./document-rows.ts";
import { answerLogProbabilities, answerValues, ForwardPass } from "./forward-pass.ts";
import { k1, k3, nextBeta, sumOver } from "./kl.ts";
import { type Learner, type Tell, type TrainEvent, type TrainResult, trainLoop } from "./loop.ts";
import { mustFitTraining, trainingBytes } from "./memory.ts";
import { Optimizer, type OptimizerConfig, type OptimizerState } from "./optimizer.ts";
import { estimates, explainedVariance, type Sample, type Scored, updateBatches, updateShapes } from "./ppo-batches.ts";
import { checkedPpo, type PpoSettings, type PpoTrainConfig, type Scorer } from "./ppo-config.ts";
import { besideReference } from "./ppo-evaluation.ts";
import { policyObjective, pretrainingObjective, valueObjective } from "./ppo-loss.ts";
import { pretrainingText } from "./ppo-pretraining.ts";
import { type Prompt, promptsThatFit } from "./ppo-prompts.ts";
import { type Episode, episodeText, rollout } from "./rollout.ts";
import { beforeTokens, type RowShapes, type RowsShape, rowsLayout, tokenTargets } from "./rows.ts";
import { hashFiles, hashModel } from "./run-state.ts";
import { finiteScores, RewardScorer } from "./score.ts";
import { initialValue } from "./value.ts";

interface Model {
  config: Architecture;
  weights: Weights;
}

/**
 * Train a policy on a reward model's scores and write the average of its weights, as 16-bit numbers, to `out`.
 * An event is an iteration. Metrics, means over its episodes unless said otherwise:
 * - `objective/kl` Σ_t log π − log π_ref of an answer; `objective/kl_k3` the same by k3; `objective/entropy` Σ_t −log π;
 * - `objective/score` what the scorer gave, normalised, with −1 where the end is missing; `objective/reward` that less
 *   β · KL; `objective/beta` as it was used;
 * - `rollout/length` tokens of an answer, its end token included; `rollout/no_end_fraction` share without one;
 * - `policy/loss`, `policy/clipfrac`, `policy/approxkl`, `policy/entropy`, `value/loss`, `value/clipfrac`, `ptx/loss`: see
 *   ppo-loss.ts; `policy/gradient_norm`, `value/gradient_norm` before clipping: means over the updates;
 * - `value/explained_variance` 1 − Var(R − V)/Var(R) over all tokens, of the returns and the values before the update;
 * - `learning_rate` of the policy; `time/rollout`, `time/score`, `time/update` in seconds.
 * The finished model's are means of `objective/…` and `rollout/…` over the last tenth of the iterations, eight at least;
 * on held-out prompts, at most 64 and where there are any, those of `besideReference` (ppo-evaluation.ts), of the average
 * of the weights. `train/prompts`, `train/prompts_held_out` and `train/prompts_dropped`, before the first one, too.
 * @param tell hears what is done between two steps, e.g. "sampling 128 answers"
 * @throws ConfigError, DataError, JsonlError, ModelDirectoryError before anything is written; NonFiniteError naming
 *   the update, SamplingError: the last checkpoint stays.
 */
export async function* trainPpo(
  config: PpoTrainConfig,
  signal?: AbortSignal,
  tell: Tell = () => {},
): AsyncGenerator<TrainEvent, TrainResult> {
  const { numbers: settings, threads = availableParallelism(), ...given } = checkedPpo(config);
  await mayWriteModel(given.out);
  const { reference: referenceDir = given.model } = given;
  const rewardDir = typeof given.reward === "string" ? given.reward : undefined;
  const valueDir = given.value ?? rewardDir ?? given.model;
  const described = await Promise.all([given.model, referenceDir, valueDir].map(describeModel));
  for (const [i, dir] of [given.model, referenceDir].entries()) mustBeLanguageModel(dir, described[i]!);
  for (const dir of [referenceDir, valueDir]) await checkTokenizer(dir, given.model);

  const tokenizer = await loadTokenizer(given.model);
  const context = contextOf(...described);
  const { prompts, heldOut, dropped } = await promptsThatFit(given.prompts, tokenizer, settings, context);
  const { episodes, batch, minibatch, innerEpochs, ptxRows, ptxTokens, tokens } = settings;
  const iterations = episodes / batch;
  const pretraining =
    given.pretraining === undefined
      ? undefined
      : await pretrainingText(given.pretraining, tokenizer, {
          updates: (iterations * batch * innerEpochs) / minibatch,
          stepTokens: minibatch * ptxRows * ptxTokens,
          rowTokens: Math.min(ptxTokens, described[0]!.config.nCtx),
          passTokens: tokens,
        });
  const rows = rowsOf(settings, prompts, context);
  const rewardBytes = rewardDir === undefined ? 0 : 4 * (await describeModel(rewardDir)).parameters;
  mustFitTraining(given.model, ppoBytes(settings, described, rows) + rewardBytes);

  const policy = await languageModel(given.model);
  const reference = referenceDir === given.model ? policy : await languageModel(referenceDir);
  const value = await readModel(valueDir);
  const scorer =
    typeof given.reward === "string" ? await RewardScorer.load(given.reward, { threads, tokens }) : given.reward;
  const learner = new PpoLearner({
    settings,
    policy,
    reference,
    value: initialValue(value),
    tokenizer,
    prompts,
    rows,
    scorer,
    pretraining,
    threads,
    tell,
    recent: Math.max(8, Math.ceil(iterations / 10)),
  });
  const figures = {
    "train/prompts": prompts.length,
    "train/prompts_held_out": heldOut.length,
    "train/prompts_dropped": dropped,
  };
  try {
    yield* trainLoop({
      learner,
      steps: iterations,
      figures,
      evaluate: async () => ({}),
      evaluateEvery: iterations,
      checkpoints: given.checkpoints,
      // An iteration that is stopped among its updates is lost: no more than this beside it.
      checkpointMs: 20_000,
      identity: {
        trainer: "ppo",
        config: {
          ...settings,
          reference: await hashModel(referenceDir),
          value: await hashModel(valueDir),
          reward: scorer instanceof RewardScorer ? await hashModel(rewardDir!) : scorer.name,
          pretraining: pretraining?.hash() ?? null,
        },
        baseHash: await hashModel(given.model),
        dataHash: await hashFiles(given.prompts),
      },
      signal,
    });
    if (heldOut.length > 0) tell(`measuring on held-out prompts: ${Math.min(64, heldOut.length)} answers`);
    const last = { policy: { config: policy.config, weights: learner.average }, reference, tokenizer };
    const evaluation =
      heldOut.length === 0 ? {} : await besideReference(last, heldOut, scorer, { ...settings, threads, signal });
    await writeModel(given.out, {
      config: policy.config,
      kind: "lm",
      weights: learner.average,
      dtype: "F16",
      tokenizerFrom: given.model,
    });
    return { dir: given.out, metrics: { ...learner.recentMeans(), ...evaluation, ...figures } };
  } finally {
    await learner.dispose();
    if (scorer instanceof RewardScorer) await scorer.dispose();
  }
}

/** Positions that all of the models have. */
const contextOf = (...models: Pick<Model, "config">[]): number => Math.min(...models.map(({ config }) => config.nCtx));

/** Shapes of updates on answers to these prompts. */
const rowsOf = ({ answerTokens, tokens }: PpoSettings, prompts: readonly Prompt[], context: number): RowShapes =>
  updateShapes(
    prompts.map(({ ids }) => ids.length),
    { answerTokens, tokens, context },
  );

/**
 * Bytes that a run takes at the most beside the scorer: two optimizers, the policy's average and the reference, and a decoder
 * that samples from the policy.
 */
function ppoBytes(
  settings: PpoSettings,
  [policy, reference, value]: readonly ModelDescription[],
  rows: RowShapes,
): number {
  const batches = [rows.all];
  const learned = trainingBytes({
    shapes: parameterShapes(policy!.config, languageModelHead),
    objective: policyLoss(settings, policy!.config),
    batches,
  });
  const valued = trainingBytes({
    shapes: parameterShapes(value!.config, rewardHead),
    objective: valueLoss(settings, value!.config),
    batches,
  });
  return learned + valued + (4 + bytesToLoad[32]) * policy!.parameters + 4 * reference!.parameters;
}

type Loss = OptimizerConfig["objective"];

/** The policy's loss on a batch of answers, or, where a shape's fourth number says so, on texts of pre-training. */
const policyLoss =
  ({ ptxCoefficient, clipRange, temperature }: PpoSettings, config: Architecture): Loss =>
  (graph, parameters, shape) => {
    const [R, W, N, isText] = shape as readonly [...RowsShape, text?: 1];
    const rows: RowsShape = [R, W, N];
    if (isText) return pretrainingObjective(lmLoss(graph, config, parameters, rows), ptxCoefficient);
    const hidden = hiddenStates(config, parameters, rowsLayout(graph, config, rows));
    const targets = tokenTargets(graph, rows);
    return policyObjective(config, parameters, beforeTokens(hidden, rows), targets, { clipRange, temperature });
  };

const valueLoss =
  ({ valueClipRange: clipRange, valueCoefficient: coefficient }: PpoSettings, config: Architecture): Loss =>
  (graph, parameters, shape) => {
    const rows = shape as RowsShape;
    const hidden = hiddenStates(config, parameters, rowsLayout(graph, config, rows));
    return valueObjective(scores(parameters, beforeTokens(hidden, rows)), { clipRange, coefficient });
  };

/** Reference and value function read the policy's own tokens. @throws ModelDirectoryError where theirs are others. */
async function checkTokenizer(dir: string, policyDir: string): Promise<void> {
  if (await sameTokens(dir, policyDir)) return;
  throw new ModelDirectoryError(`${dir} has another tokenizer than ${policyDir}.`);
}

interface Setup {
  settings: PpoSettings;
  policy: Model;
  reference: Model;
  value: Model;
  tokenizer: Tokenizer;
  prompts: readonly Prompt[];
  rows: RowShapes;
  scorer: Omit<Scorer, "name">;
  pretraining: DocumentRows | undefined;
  threads: number;
  tell: Tell;
  /** Iterations whose figures are remembered. */
  recent: number;
}

/** Takes the iterations. Everything that one depends on, besides its number, is in `state`. */
class PpoLearner implements Learner {
  /** The average of the policy's weights over the updates. */
  readonly average: Weights;
  private readonly setup: Setup;
  private readonly rows: RowShapes;
  private readonly policy: Optimizer;
  private readonly value: Optimizer;
  private readonly referenceForward: ForwardPass;
  private readonly valueForward: ForwardPass;
  private iterations = 0;
  /** Some of an iteration's updates may have been taken, and not all. */
  private updating = false;
  private beta: number;
  /** Figures of the last iterations' episodes, in the order of `figureNames`, as a checkpoint holds them. */
  private recent: Float32Array[] = [];
  /** score = gain · what the scorer gives + bias; not measured yet where absent. */
  private normal: { gain: number; bias: number } | undefined;
  /** The prompts in the order of one pass over them. */
  private order: { pass: number; prompts: readonly Prompt[] } | undefined;

  constructor(setup: Setup) {
    this.setup = setup;
    const { settings, policy, reference, value, rows, threads } = setup;
    const { temperature, tokens } = settings;
    this.rows = rows;
    this.beta = Math.fround(settings.beta);
    this.average = new Map([...policy.weights].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]));
    const adamW = { ...adamWDefaults, weightDecay: 0 };
    const learned = { weights: policy.weights, objective: policyLoss(settings, policy.config) };
    this.policy = new Optimizer({ ...learned, adamW, threads });
    const valued = { weights: value.weights, objective: valueLoss(settings, value.config) };
    this.value = new Optimizer({ ...valued, adamW, threads });
    letGo([...value.weights.values()].map(({ data }) => data));
    if (reference !== policy) letGo([...policy.weights.values()].map(({ data }) => data));
    const options = { threads, tokens };
    this.referenceForward = new ForwardPass(reference.config, answerLogProbabilities(temperature), options);
    this.valueForward = new ForwardPass(value.config, answerValues, options);
  }

  async take(index: number, signal?: AbortSignal): Promise<Record<string, number>> {
    const { settings } = this.setup;
    const { tell } = this.setup;
    this.normal ??= await this.measureScores(signal);
    tell(`sampling ${settings.batch} answers`);
    const started = performance.now();
    const prompts = Array.from({ length: settings.batch }, (_, i) => this.promptOf(index * settings.batch + i));
    const episodes = await this.sample(this.policy.weights(), prompts, index * settings.batch, signal);
    const sampled = performance.now();
    tell(`scoring ${settings.batch} answers`);
    const scored = await this.judge(episodes, prompts, this.normal, signal);
    const judged = performance.now();
    tell(`learning from ${settings.batch} answers`);
    this.updating = true;
    const updates = await this.update(index, scored, signal);
    this.updating = false;
    const { beta } = this;
    const figures = measure(scored, beta);
    if (settings.klTarget > 0) {
      const target = { target: settings.klTarget, horizon: settings.klHorizon };
      this.beta = nextBeta(beta, figures["objective/kl"], settings.batch, target);
    }
    const row = Float32Array.from(figureNames, (name) => figures[name]);
    this.recent = [...this.recent, row].slice(-this.setup.recent);
    this.iterations = index + 1;
    return {
      ...figures,
      ...updates,
      "time/rollout": (sampled - started) / 1000,
      "time/score": (judged - sampled) / 1000,
      "time/update": (performance.now() - judged) / 1000,
    };
  }

  recentMeans(): Record<string, number> {
    const means = figureNames.map((name, i) => [name, mean(this.recent.map((row) => row[i]!))] as const);
    return Object.fromEntries(means);
  }

  /** Prompt of episode `number` = 0, 1, …: all of them in random order, then all again in another. */
  private promptOf(number: number): Prompt {
    const { prompts, settings } = this.setup;
    const pass = Math.floor(number / prompts.length);
    if (this.order?.pass !== pass) {
      const random = new Random(settings.seed * 0x10000 + pass);
      this.order = { pass, prompts: random.sample(prompts, prompts.length) };
    }
    return this.order.prompts[number % prompts.length]!;
  }

  /** Answers to prompts, from seeds that are those of episodes `first` … */
  private async sample(
    weights: Weights,
    prompts: readonly Prompt[],
    first: number,
    signal: AbortSignal | undefined,
  ): Promise<Episode[]> {
    const { settings, policy, tokenizer, threads } = this.setup;
    const { answerTokens, temperature, seed } = settings;
    return await rollout(
      { config: policy.config, weights, tokenizer, answerTokens, temperature, threads },
      prompts.map(({ ids }) => ids),
      prompts.map((_, i) => (seed + 1) * 2 ** 32 + first + i),
      signal,
    );
  }

  private async scores(
    episodes: readonly Episode[],
    prompts: readonly Prompt[],
    signal: AbortSignal | undefined,
  ): Promise<ArrayLike<number>> {
    const { scorer, tokenizer } = this.setup;
    const items = episodes.map((episode, i) => ({
      prompt: prompts[i]!.content,
      answer: episodeText(tokenizer, episode),
    }));
    const scores = finiteScores(await scorer.score(items, signal), "The scorer");
    if (scores.length !== items.length) throw new Error(`${scores.length} scores came for ${items.length} answers.`);
    return scores;
  }

  /** Gain and bias that give the scores of the reference's answers mean 0 and variance 1. */
  private async measureScores(signal: AbortSignal | undefined): Promise<{ gain: number; bias: number }> {
    const { settings, reference, prompts } = this.setup;
    if (settings.normaliseOn === 0) return { gain: 1, bias: 0 };
    this.setup.tell(`sampling ${settings.normaliseOn} answers of the base model, to scale the scores by`);
    const some = Array.from({ length: settings.normaliseOn }, (_, i) => prompts[i % prompts.length]!);
    // Seeds that no episode has.
    const episodes = await this.sample(reference.weights, some, 2 ** 31, signal);
    const { mean, variance } = moments(await this.scores(episodes, some, signal));
    const gain = variance > 1e-8 ? 1 / Math.sqrt(variance) : 1;
    return { gain: Math.fround(gain), bias: Math.fround(-mean * gain) };
  }

  /** What is measured of the episodes before the policy changes. */
  private async judge(
    episodes: readonly Episode[],
    prompts: readonly Prompt[],
    { gain, bias }: { gain: number; bias: number },
    signal: AbortSignal | undefined,
  ): Promise<Scored[]> {
    const { settings, reference } = this.setup;
    const given = await this.scores(episodes, prompts, signal);
    const packs = episodes.map(({ prompt, answer }) => ({ prompt, answers: [answer] }));
    const referenceLogProbs = await this.referenceForward.run(reference.weights, packs, signal);
    const values = await this.valueForward.run(this.value.weights(), packs, signal);
    return episodes.map((episode, i) => ({
      ...episode,
      referenceLogProbs: referenceLogProbs[i]![0]!,
      values: values[i]![0]!,
      score: episode.ended ? gain * given[i]! + bias : settings.missingEndScore,
    }));
  }

  /** All updates of one iteration. @returns the means of their metrics. */
  private async update(
    index: number,
    episodes: readonly Scored[],
    signal: AbortSignal | undefined,
  ): Promise<Record<string, number>> {
    const { settings, policy, value, pretraining } = this.setup;
    const { minibatch, innerEpochs, learningRate, valueLearningRate, warmup } = settings;
    // Constant after the warm-up, which begins at a tenth.
    const rate = warmup === 0 ? 1 : 0.1 + 0.9 * Math.min(1, index / warmup);
    const perEpoch = episodes.length / minibatch;
    const sums: Record<string, number> = {};
    const count = (name: string, x: number) => {
      sums[name] = (sums[name] ?? 0) + x / (innerEpochs * perEpoch);
    };
    const learned: Sample[] = [];
    for (let epoch = index * innerEpochs; epoch < (index + 1) * innerEpochs; epoch++) {
      const order = new Random((settings.seed + 1) * 2 ** 32 - 1 - epoch).sample(episodes, episodes.length);
      for (let n = 0; n < perEpoch; n++) {
        const samples = estimates(order.slice(n * minibatch, (n + 1) * minibatch), { ...settings, beta: this.beta });
        learned.push(...samples);
        const valued = await this.value.run(
          updateBatches(this.rows, samples, padId(value.config)),
          rate * valueLearningRate,
          signal,
        );
        const batches = updateBatches(this.rows, samples, padId(policy.config));
        // A fourth number tells the shapes of text from those of episodes.
        const texts = pretraining?.passes(epoch * perEpoch + n).map((text) => ({ ...text, shape: [...text.shape, 1] }));
        const mixed = [...batches, ...(texts ?? [])];
        const stepped = await this.policy.run(mixed, rate * learningRate, signal);
        this.follow();
        for (const [name, x] of Object.entries({ ...valued, ...stepped })) if (name.includes("/")) count(name, x);
        count("policy/loss", stepped.loss! - settings.ptxCoefficient * (stepped["ptx/loss"] ?? 0));
        count("policy/gradient_norm", stepped.gradient_norm!);
        count("value/loss", valued.loss! / settings.valueCoefficient);
        count("value/gradient_norm", valued.gradient_norm!);
      }
    }
    return { ...sums, "value/explained_variance": explainedVariance(learned), learning_rate: rate * learningRate };
  }

  /** Move the average towards the weights. */
  private follow(): void {
    const { ema } = this.setup.settings;
    for (const [name, { data }] of this.policy.weights()) {
      const average = this.average.get(name)!.data;
      for (let i = 0; i < data.length; i++) average[i]! += (1 - ema) * (data[i]! - average[i]!);
    }
  }

  state(): OptimizerState | null {
    if (this.updating) return null;
    const arrays: OptimizerState["arrays"] = new Map();
    const add = (prefix: string, some: Iterable<[string, { shape: number[]; data: Float32Array }]>) => {
      for (const [name, array] of some) arrays.set(`${prefix}/${name}`, array);
    };
    add("policy", this.policy.state().arrays);
    add("value", this.value.state().arrays);
    add("average", this.average);
    // A gain of 0 stands for one not measured yet.
    const { gain, bias } = this.normal ?? { gain: 0, bias: 0 };
    arrays.set("control", { shape: [3], data: Float32Array.of(this.beta, gain, bias) });
    const { recent } = this;
    if (recent.length > 0) {
      const data = Float32Array.from(recent.flatMap((row) => [...row]));
      arrays.set("recent", { shape: [recent.length, figureNames.length], data });
    }
    return { step: this.iterations, arrays };
  }

  restore({ step, arrays }: OptimizerState): void {
    const { batch, minibatch, innerEpochs } = this.setup.settings;
    const part = (prefix: string) =>
      new Map(
        [...arrays].flatMap(([name, array]) =>
          name.startsWith(`${prefix}/`) ? [[name.slice(prefix.length + 1), array] as const] : [],
        ),
      );
    const updates = (step * innerEpochs * batch) / minibatch;
    this.policy.restore({ step: updates, arrays: part("policy") });
    this.value.restore({ step: updates, arrays: part("value") });
    for (const [name, { data }] of part("average")) this.average.get(name)?.data.set(data);
    const [beta = 0, gain = 0, bias = 0] = arrays.get("control")?.data ?? [];
    this.beta = beta;
    this.normal = gain === 0 ? undefined : { gain, bias };
    const { data = new Float32Array(0) } = arrays.get("recent") ?? {};
    const M = figureNames.length;
    this.recent = Array.from({ length: data.length / M }, (_, n) => data.slice(n * M, (n + 1) * M));
    this.iterations = step;
  }

  async dispose(): Promise<void> {
    for (const part of [this.policy, this.value, this.referenceForward, this.valueForward]) await part.dispose();
  }
}

const figureNames = [
  "objective/kl",
  "objective/kl_k3",
  "objective/entropy",
  "objective/score",
  "objective/reward",
  "objective/beta",
  "rollout/length",
  "rollout/no_end_fraction",
] as const;

/** The figures of the episodes themselves. */
function measure(episodes: readonly Scored[], beta: number): Record<(typeof figureNames)[number], number> {
  const each = (of: (episode: Scored) => number) => mean(episodes.map(of));
  const kl = each((episode) => sumOver(episode, k1));
  const score = each((episode) => episode.score);
  return {
    "objective/kl": kl,
    "objective/kl_k3": each((episode) => sumOver(episode, k3)),
    "objective/entropy": each(({ logProbs }) => logProbs.reduce((sum, logProb) => sum - logProb, 0)),
    "objective/score": score,
    "objective/reward": score - beta * kl,
    "objective/beta": beta,
    "rollout/length": each(({ answer }) => answer.length),
    "rollout/no_end_fraction": each(({ ended }) => (ended ? 0 : 1)),
  };
}
