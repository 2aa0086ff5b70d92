// Where PPO's time goes: rollout, scoring, update, for each shipped model, as plain PPO and with pre-training text mixed
// in. Run alone: node models/bench/ppo.ts

import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { jsonlLine } from "../../lib/preference/jsonl.ts";
import { readModel, writeModel } from "../gpt/checkpoint.ts";
import { initialRewardHead } from "../gpt/init.ts";
import { trainPpo } from "../train/ppo.ts";
import { ppoDefaults } from "../train/ppo-config.ts";
import { documents } from "../world/documents.ts";
import { worldPrompts } from "../world/prompts.ts";
import { median, report, residentMb } from "./measure.ts";

const zoo = join(import.meta.dirname, "../zoo");
/** The first one builds the graphs and is not counted. */
const iterations = 4;
const { batch, minibatch, ptxTokens } = ppoDefaults;

/** A reward model of the policy's size, with a random head: its scores cost what a trained one's do. */
async function rewardModel(dir: string, policy: string): Promise<void> {
  const { config, weights } = await readModel(policy);
  const all = new Map([...weights, ...initialRewardHead(config.nEmbd, 1)]);
  await writeModel(dir, { config, kind: "reward", weights: all, dtype: "F32", tokenizerFrom: policy });
}

async function benchModel(name: string, dir: string): Promise<void> {
  const model = join(zoo, name);
  await rewardModel(join(dir, "reward"), model);
  const prompts = worldPrompts.map(({ text, messages }) => `${jsonlLine({ prompt: messages ?? text })}\n`);
  await writeFile(join(dir, "prompts.jsonl"), prompts.join(""));
  const { config, weights } = await readModel(model);
  const parameters = [...weights.values()].reduce((n, { data }) => n + data.length, 0);
  console.log(`${name}: ${(parameters / 1e6).toFixed(1)}M parameters, d ${config.nEmbd}, ${config.nLayer} layers`);
  for (const ptxRows of [0, 1]) {
    const run = trainPpo({
      prompts: join(dir, "prompts.jsonl"),
      model,
      reward: join(dir, "reward"),
      episodes: iterations * batch,
      out: join(dir, `out-${ptxRows}`),
      checkpoints: join(dir, `checkpoint-${ptxRows}`),
      ...(ptxRows > 0 ? { ptxRows, pretraining: () => documents(1).take(2_000) } : {}),
    });
    const seen: Record<string, number>[] = [];
    for await (const { step, metrics } of run) if (step > 1) seen.push(metrics);
    const of = (metric: string) => median(seen.map((metrics) => metrics[metric]!));
    const [rollout, score, update] = ["time/rollout", "time/score", "time/update"].map(of) as [number, number, number];
    const whole = rollout + score + update;
    const share = (seconds: number) => `${((100 * seconds) / whole).toFixed(0)} %`;
    const tokens = batch * of("rollout/length");
    const text = ptxRows > 0 ? `PPO-ptx, ${ptxRows} row of ${ptxTokens} tokens an episode` : "PPO";
    report(text, `${(batch / whole).toFixed(1)} episodes/s`, `${of("rollout/length").toFixed(0)} tokens an answer`);
    report("  rollout", `${rollout.toFixed(2)} s`, `${share(rollout)}, ${(tokens / rollout).toFixed(0)} tokens/s`);
    report("  scoring: reward, reference, value", `${score.toFixed(2)} s`, share(score));
    report("  update: policy and value", `${update.toFixed(2)} s`, share(update));
  }
}

export async function benchPpo(): Promise<void> {
  console.log(`PPO: iterations of ${batch} episodes in minibatches of ${minibatch}, ${availableParallelism()} threads`);
  const models = (await readdir(zoo, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  for (const { name } of models) {
    const dir = await mkdtemp(join(tmpdir(), "rankloop-bench-"));
    try {
      await benchModel(name, dir);
    } finally {
      await rm(dir, { recursive: true });
    }
  }
  report("memory of the process", `${residentMb()} MB`);
}

if (import.meta.main) await benchPpo();
