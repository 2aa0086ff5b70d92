// Every architecture through every trainer, from directories as people have them: fine-tuned, judged, aligned by DPO and
// PPO, each stopped on the way and gone on with to the same bytes, and answering at the end.
import { readFileSync, writeFileSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ModelType, parseArchitecture } from "../gpt/architecture.ts";
import { trainBpe, writeTokenizer } from "../gpt/bpe.ts";
import { describeModel, writeModel } from "../gpt/checkpoint.ts";
import { GptGenerator } from "../gpt/generate.ts";
import { initialWeights } from "../gpt/init.ts";
import { trainDpo } from "./dpo.ts";
import type { TrainEvent, TrainResult } from "./loop.ts";
import { finished, jsonl, losses, politePairs } from "./models.fixture.ts";
import { trainPpo } from "./ppo.ts";
import { trainReward } from "./reward.ts";
import { RewardScorer } from "./score.ts";
import { trainSft } from "./sft.ts";

let root: string;
let tokenizer: string;
const places: Record<string, string> = {};
const pairs = politePairs.slice(0, 9);
const vocabSize = 300;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "architectures-"));
  tokenizer = join(root, "tokenizer");
  await writeTokenizer(
    tokenizer,
    trainBpe(
      politePairs.map(({ prompt, chosen }) => `${prompt}\n${chosen}`),
      vocabSize,
    ),
    64,
  );
  const write = (name: string, records: object[]) => {
    places[name] = join(root, `${name}.jsonl`);
    writeFileSync(places[name], jsonl(records));
  };
  write("pairs", pairs);
  write(
    "demonstrations",
    pairs.map(({ prompt, chosen }) => ({ prompt, completion: chosen })),
  );
  write(
    "prompts",
    pairs.filter((_, i) => i % 3 === 0).map(({ prompt }) => ({ prompt })),
  );
});
afterAll(() => rm(root, { recursive: true, force: true }));

const gptSizes = { n_positions: 64, n_embd: 16, n_layer: 2, n_head: 2 };
const newer = {
  max_position_embeddings: 64,
  hidden_size: 16,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  intermediate_size: 24,
};
const neo = { max_position_embeddings: 64, hidden_size: 16, num_layers: 2, num_heads: 2, window_size: 5 };
const configs: Record<ModelType, object> = {
  "openai-gpt": gptSizes,
  gpt2: { ...gptSizes, tie_word_embeddings: false },
  gpt_neo: { ...neo, attention_types: [[["global", "local"], 1]] },
  gpt_neox: newer,
  llama: newer,
  mistral: { ...newer, sliding_window: 6 },
  qwen2: { ...newer, tie_word_embeddings: true },
  qwen3: { ...newer, head_dim: 8 },
};

type Run = (out: { out: string; checkpoints: string; threads: 1 }, signal?: AbortSignal) => Steps;
type Steps = AsyncGenerator<TrainEvent, TrainResult>;

/** Run to the end, and again with a stop after the first step: the same bytes. @returns the model's directory */
async function twice(dir: string, run: Run): Promise<string> {
  const at = (name: string) => ({ out: join(dir, name), checkpoints: join(dir, `${name}-run`), threads: 1 as const });
  await finished(run(at("whole")));
  await losses((signal) => run(at("stopped"), signal), 1);
  await finished(run(at("stopped")));
  const bytes = (name: string) => readFileSync(join(dir, name, "model.safetensors"));
  expect(bytes("stopped").equals(bytes("whole"))).toBe(true);
  return join(dir, "whole");
}

test.each(Object.entries(configs))("%s is fine-tuned, judged and aligned, and answers", async (type, keys) => {
  const config = parseArchitecture({ ...keys, model_type: type, vocab_size: vocabSize }, "config.json");
  const dir = join(root, type);
  const base = join(dir, "base");
  const weights = initialWeights(config, 1);
  await writeModel(base, { config, kind: "lm", weights, dtype: "F32", tokenizerFrom: tokenizer });
  const { pairs: data, demonstrations, prompts } = places as Record<"pairs" | "demonstrations" | "prompts", string>;
  const some = { validFraction: 0.2, learningRate: 1e-3 };

  const sft = await twice(join(dir, "sft"), (out, signal) =>
    trainSft({ data: demonstrations, model: base, epochs: 2, batch: 4, ...some, ...out }, signal),
  );
  const reward = await twice(join(dir, "reward"), (out, signal) =>
    trainReward({ data, model: sft, rows: 4, epochs: 2, ...some, ...out }, signal),
  );
  const dpo = await twice(join(dir, "dpo"), (out, signal) =>
    trainDpo({ data, model: sft, rows: 4, ...some, ...out }, signal),
  );
  const ppo = await twice(join(dir, "ppo"), (out, signal) =>
    trainPpo(
      {
        prompts,
        model: dpo,
        reward,
        episodes: 8,
        batch: 4,
        minibatch: 2,
        answerTokens: 8,
        normaliseOn: 4,
        ...some,
        ...out,
      },
      signal,
    ),
  );

  expect(await describeModel(ppo)).toMatchObject({ kind: "lm", config });
  const scorer = await RewardScorer.load(reward, { threads: 1 });
  const [scores] = await scorer.scoreGroups([{ prompt: "Name a colour.", answers: ["Red.", "It is blue."] }]);
  expect(scores!.every(Number.isFinite)).toBe(true);
  await scorer.dispose();
  // A copy answers as it did: nothing of the model is outside its directory.
  await cp(ppo, join(dir, "copy"), { recursive: true });
  const generator = await GptGenerator.load(join(dir, "copy"), { threads: 1 });
  let tokens = 0;
  const settings = { prompt: "Name a colour.", temperature: 1, topP: 1, maxTokens: 12, seeds: [1, 2, 3] };
  for await (const deltas of generator.generate(settings)) tokens += deltas.length;
  expect(tokens).toBeGreaterThan(2);
  await generator.dispose();
});
