// InstructGPT's three steps, in the application: demonstrations and SFT, rankings and the reward model, PPO and PPO-ptx.
// It reads from top to bottom as the method section of a paper.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { baseSizes } from "../../models/train/base-sizes.ts";
import { labelers } from "../../models/world/labelers.ts";
import { smallWorld } from "../vocabulary/labeling.ts";
import { Application } from "./application.ts";
import { isTraining, rankAnswers, shownAnswers, writeDemonstrations } from "./collect.ts";
import type { Prompts } from "./prompts.ts";
import { answersOf, bySize, rewardSize, type Scale, type Size, sizes } from "./scale.ts";
import type { Steps } from "./steps.ts";
import { type TrainedModel, trained } from "./train.ts";

/** Runs the loop. @param data folder of the application @returns the models, and the file of all comparisons */
export async function runLoop(steps: Steps, all: Prompts, scale: Scale, data: string) {
  let open: Promise<Application> | undefined;
  const application = () => (open ??= Application.open(data, labelers(1)));
  try {
    await steps.run("collecting demonstrations", async (step) =>
      writeDemonstrations(await application(), all.demonstrations, step),
    );

    const base = await steps.run("base models", async () => {
      const app = await application();
      const models = await app.admin.models.list();
      return bySize(async (size) => {
        const { name } = baseSizes[size];
        const model = models.find((one) => one.name === name && one.problem === null);
        if (!model) throw new Error(`The base model ${name} is not among the shipped models, or cannot be read.`);
        return { id: model.id, parameters: model.parameters ?? 0, directory: await app.directoryOf(model.id) };
      });
    });
    const sft = await bySize((size) =>
      steps.run(`fine-tuning ${size}`, async (step) =>
        trained(
          await application(),
          { kind: "sft", name: `SFT ${size}`, baseModelId: base[size].id, settings: scale.sft },
          step,
        ),
      ),
    );

    // The answers to rank come from all three, so that the reward model has seen what each of the policies may write; from
    // one after the other, because a worker keeps one model at hand.
    const generation = (i: number, count: number) => ({
      modelId: sft[sizes[Math.floor((i * sizes.length) / count)]!].id,
      k: answersOf(i),
      temperature: 1,
      maxTokens: scale.answerTokens,
      seed: i,
    });
    await steps.run("ranking answers", async (step) => {
      const app = await application();
      await rankAnswers(app, all.comparisons, [app.labelers.filter(isTraining)], generation, step);
    });

    const reward: TrainedModel[] = [];
    for (const seed of scale.seeds) {
      const name = `Reward model ${seed}`;
      const settings = { ...scale.reward, seed };
      const start = { kind: "reward" as const, name, baseModelId: sft[rewardSize].id, settings };
      const model = await steps.run(`reward model ${seed}`, async (step) => {
        const app = await application();
        const one = await trained(app, start, step);
        // It stays the project's judge: a newer one would have to score all comparisons again.
        if (reward.length === 0) await app.admin.settings.update({ rewardModelId: one.id });
        return one;
      });
      reward.push(model);
    }

    // The head of the paper, trained as the application does unless told otherwise. No policy learns from it.
    const plainReward = await steps.run("reward model by its last state", async (step) => {
      const name = "Reward model by its last state";
      const start = { kind: "reward" as const, name, baseModelId: sft[rewardSize].id, settings: {} };
      return trained(await application(), start, step);
    });

    const policy = (size: Size, texts?: string) => ({
      kind: "ppo" as const,
      name: `PPO${texts ? "-ptx" : ""} ${size}`,
      baseModelId: sft[size].id,
      rewardModelId: reward[0]!.id,
      ...(texts ? { texts } : {}),
      settings: scale.ppo,
    });
    const ppo = await bySize((size) =>
      steps.run(`ppo ${size}`, async (step) => trained(await application(), policy(size), step)),
    );
    const ppoPtx = await bySize((size) =>
      steps.run(`ppo-ptx ${size}`, async (step) => trained(await application(), policy(size, smallWorld), step)),
    );

    const dpo: Partial<Record<Size, TrainedModel>> = {};
    for (const size of scale.dpoSizes) {
      dpo[size] = await steps.run(`dpo ${size}`, async (step) => {
        const start = { kind: "dpo" as const, name: `DPO ${size}`, baseModelId: sft[size].id, settings: scale.dpo };
        return trained(await application(), start, step);
      });
    }

    // It comes last, so that nothing above has learned from it: both groups of labelers rank the same answers.
    const heldOut = await steps.run("ranking held-out answers", async (step) => {
      const app = await application();
      const groups = [app.labelers.filter(isTraining), app.labelers.filter((person) => !isTraining(person))];
      await rankAnswers(app, all.ranked, groups, generation, step);
      const file = join(step.folder, "comparisons.jsonl");
      await writeFile(file, await app.comparisons());
      return { file, answers: await shownAnswers(app, all.ranked) };
    });
    return { base, sft, reward, plainReward, ppo, ppoPtx, dpo, heldOut };
  } finally {
    await (await open)?.close();
  }
}
export type Loop = Awaited<ReturnType<typeof runLoop>>;
