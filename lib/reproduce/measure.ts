// Measuring the models of the loop, from their files alone: the five parts of the report.
import { join } from "node:path";
import { type Judged, judged } from "../../models/train/gold.ts";
import type { Task } from "../../models/world/asking.ts";
import { labelers } from "../../models/world/labelers.ts";
import { tasks } from "../../models/world/tasks.ts";
import type { UseCase } from "../vocabulary/labeling.ts";
import { type BlockLosses, byCoefficient, lossOnWorld } from "./alignment-tax.ts";
import { answersTo, readRecords } from "./data.ts";
import { byComparisons, byKind, rewardModelOn, shuffledRankings } from "./data-scaling.ts";
import type { Loop } from "./loop.ts";
import { byBestOfN, byPpo, type CurveKind, type Optimised } from "./over-optimisation.ts";
import { type Prompts, promptKey } from "./prompts.ts";
import { accuracyBy, advantage, comparisonsOf, labelerAgreement, lengthsOf, scoresOf } from "./reward-accuracy.ts";
import { bySize, type Scale } from "./scale.ts";
import type { Steps } from "./steps.ts";
import type { TrainedModel } from "./train.ts";

export async function measure(steps: Steps, all: Prompts, scale: Scale, loop: Loop) {
  const { samples, answerTokens } = scale;
  const shots = examplesFrom(all.demonstrations);
  const judgedBySize = await bySize((size) =>
    steps.run(`judging ${size}`, async ({ tell, signal }) => {
      const policies: Record<string, Judged> = {};
      const losses: Record<string, BlockLosses> = {};
      const directories = {
        base: loop.base[size].directory,
        SFT: loop.sft[size].directory,
        ...(loop.dpo[size] && { DPO: loop.dpo[size].directory }),
        PPO: loop.ppo[size].directory,
        "PPO-ptx": loop.ppoPtx[size].directory,
      };
      const asked = { tasks: all.judged, samples, answerTokens, seed: 1, signal };
      for (const [name, model] of Object.entries(directories)) {
        tell(`answers of ${name}`);
        policies[name] = await judged({ ...asked, model, bare: name === "base" });
        losses[name] = await lossOnWorld(model, scale, signal);
        if (name !== "base") continue;
        policies["base with template"] = await judged({ ...asked, model });
        policies["few-shot base"] = await judged({ ...asked, model, shots });
      }
      return { parameters: loop.base[size].parameters, policies, losses };
    }),
  );

  const records = await readRecords(loop.heldOut.file);
  const people = labelers(1);
  const heldOutNames = new Set(people.filter(({ heldOut }) => heldOut).map(({ name }) => name.toLowerCase()));
  const rankedKeys = new Set(all.ranked.map(({ prompt }) => promptKey(prompt)));
  const isHeldOut = ({ prompt }: (typeof records)[number]) => rankedKeys.has(promptKey(prompt));
  const byHeldOut = ({ labeler }: (typeof records)[number]) => heldOutNames.has(labeler ?? "");
  const learned = records.filter((record) => !isHeldOut(record));

  const groupsOf = async (folder: string) => ({
    training: await comparisonsOf(records, (r) => isHeldOut(r) && !byHeldOut(r), join(folder, "training.jsonl")),
    heldOut: await comparisonsOf(records, (r) => isHeldOut(r) && byHeldOut(r), join(folder, "held-out.jsonl")),
  });
  const reward = await steps.run("reward accuracy", async ({ folder, signal }) => {
    const { training, heldOut } = await groupsOf(folder);
    const lengths = { training: lengthsOf(training), heldOut: lengthsOf(heldOut) };
    const known = async ({ directory }: TrainedModel) => {
      const scores = await scoresOf(directory, training, signal);
      return {
        training: accuracyBy(training, scores),
        heldOut: accuracyBy(heldOut, await scoresOf(directory, heldOut, signal)),
        overLonger: advantage(training, scores, lengths.training),
      };
    };
    const models = [];
    for (const model of loop.reward) models.push(await known(model));
    const shown = loop.heldOut.answers.map((answers, i) => ({ task: all.ranked[i]!, answers }));
    return {
      models,
      plain: await known(loop.plainReward),
      longer: { training: accuracyBy(training, lengths.training), heldOut: accuracyBy(heldOut, lengths.heldOut) },
      agreement: labelerAgreement(shown, people),
    };
  });

  const small = loop.sft.small.directory;
  const counted = async (folder: string) => ({ scale, model: small, heldOut: (await groupsOf(folder)).training });
  const comparisons = await steps.run("accuracy by comparisons", async (step) =>
    byComparisons(await counted(step.folder), learned, step),
  );
  const kinds = await steps.run("accuracy by kind", async (step) =>
    byKind(
      await counted(step.folder),
      people.filter(({ heldOut }) => !heldOut),
      (seed) => tasks(100 + seed, "train"),
      step,
    ),
  );

  const some = all.judged.slice(0, scale.proxy.prompts);
  // The losses of the SFT model, which the policies trained from it are compared with.
  const first = await steps.run("first answers", async ({ signal }) => {
    const sampling = { model: small, answerTokens, seed: 77, signal };
    return {
      practice: await answersTo(all.practice, 4, sampling),
      judged: await answersTo(some, scale.proxy.samples, sampling),
    };
  });
  const optimised: Record<CurveKind, Optimised[]> = { "best of n": [], ppo: [] };
  for (const seed of scale.seeds) {
    const proxy = await steps.run(`proxy ${seed}`, (step) => {
      const rankings = shuffledRankings(learned, seed).slice(0, scale.proxy.comparisons);
      return rewardModelOn(rankings, small, { ...scale.reward, seed }, "proxy", step);
    });
    const given = { scale, model: small, proxy, seed };
    const best = await steps.run(`best of n ${seed}`, (step) => byBestOfN(given, some, first.judged, step));
    const ppo = await steps.run(`over-optimisation ${seed}`, (step) =>
      byPpo(given, all.practice, first.practice, step),
    );
    optimised["best of n"].push(...best);
    optimised.ppo.push(...ppo);
  }

  const taxed = [];
  const given = { scale, model: small, reward: loop.reward[0]!.directory, practice: all.practice, heldOut: all.judged };
  for (const coefficient of scale.ptxCoefficients) {
    taxed.push(await steps.run(`alignment tax ${coefficient}`, (step) => byCoefficient(given, coefficient, step)));
  }
  return { scale, judged: judgedBySize, reward, comparisons, kinds, optimised, taxed };
}

/** The examples of the few-shot model: a short prompt with a good answer for each of the three most frequent use cases. */
function examplesFrom(demonstrations: readonly Task[]): Task[] {
  const first = (wanted: UseCase) =>
    demonstrations.find(
      ({ useCase, form, prompt, answer }) =>
        useCase === wanted && form === "plain" && prompt.length + answer.length < 400,
    ) ?? [];
  return (["generation", "open QA", "brainstorming"] as const).flatMap(first);
}

export type Measured = Awaited<ReturnType<typeof measure>>;
