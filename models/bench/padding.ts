// How much of what training computes is padding: tokens computed for one that is read, over comparisons, demonstrations and
// episodes of the small world. Run alone: node models/bench/padding.ts
import { join } from "node:path";
import { loadTokenizer } from "../gpt/tokenizer.ts";
import { Random } from "../random.ts";
import { packedTokens, packOf } from "../train/packed.ts";
import { planRows, planSteps, randomSteps } from "../train/plan.ts";
import { updateShapes } from "../train/ppo-batches.ts";
import { ppoDefaults } from "../train/ppo-config.ts";
import { rewardDefaults } from "../train/reward-config.ts";
import { sizeOf } from "../train/rows.ts";
import { sftSettings } from "../train/sft-config.ts";
import { mixedAnswers } from "../world/corruptions.ts";
import { tasks } from "../world/tasks.ts";
import { report } from "./measure.ts";

const sftDefaults = sftSettings.parse({});
const context = 256;
const count = 2_000;

export async function benchPadding(): Promise<void> {
  const tokenizer = await loadTokenizer(join(import.meta.dirname, "../zoo/world-1.5m"));
  const random = new Random(1);
  const packs = [...tasks(1).take(count)].map((task) => {
    const answers = mixedAnswers(task, random.int(4, 9), random).map(({ text }) => text);
    return packOf(tokenizer, task.prompt, answers, context);
  });
  const texts = packs.map(({ prompt, answers }) => ({ prompt, answer: answers[0]! }));
  const read = (list: readonly (readonly number[])[]) => list.reduce((sum, { length }) => sum + length, 0);
  const area = (shapes: readonly (readonly [number, number, number])[]) =>
    shapes.reduce((sum, [R, W]) => sum + R * W, 0);
  const of = (computed: number, needed: number) => (computed / needed).toFixed(2);

  const runs = planSteps(packs, rewardDefaults).flat();
  const computed = runs.reduce((sum, { shape }) => sum + packedTokens(shape), 0);
  const onTexts = read(texts.flatMap(({ prompt, answer }) => [prompt, answer]));
  console.log(`Padding: tokens computed for one that is read, ${count} prompts of the small world`);
  const whole = read(packs.flatMap(({ prompt, answers }) => [prompt, ...answers]));
  report(`reward, DPO: ${rewardDefaults.rows} answers a step, K 4-9`, of(computed, whole), "goal: at most 1.15");
  const steps = randomSteps(count, sftDefaults.batch, 1, 1);
  const rows = planRows(steps, texts, sftDefaults.tokens).flat();
  report(`SFT: ${sftDefaults.batch} demonstrations a step`, of(area(rows.map(({ shape }) => shape)), onTexts));
  const shapes = updateShapes(
    texts.map(({ prompt }) => prompt.length),
    { answerTokens: ppoDefaults.answerTokens, tokens: ppoDefaults.tokens, context },
  );
  const short = texts.map(({ prompt, answer }) => ({ prompt, answer: answer.slice(0, ppoDefaults.answerTokens) }));
  const minibatches = randomSteps(count, ppoDefaults.minibatch, 1, 1).flatMap((step) =>
    shapes.batches(
      step.map((i) => short[i]!),
      sizeOf,
    ),
  );
  const onShort = read(short.flatMap(({ prompt, answer }) => [prompt, answer]));
  report(
    `PPO: minibatches of ${ppoDefaults.minibatch} episodes`,
    of(area(minibatches.map(({ shape }) => shape)), onShort),
  );
}

if (import.meta.main) await benchPadding();
