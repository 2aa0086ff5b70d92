// Reward models as transformers reads them. The expected scores are what transformers 5.18's
// AutoModelForSequenceClassification computed of the files that `written` makes, alone and in one padded batch.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answerRewards, ForwardPass } from "../train/forward-pass.ts";
import { likelihoodPower } from "../train/likelihood-head.ts";
import { tinyWeights } from "../train/models.fixture.ts";
import { type Architecture, parseArchitecture } from "./architecture.ts";
import { trainBpe, writeTokenizer } from "./bpe.ts";
import { describeModel, readModel, type Weights, writeModel } from "./checkpoint.ts";
import { asClassifier, howToCallModel } from "./classifier.ts";
import { rewardHead } from "./heads.ts";
import { sameTokens } from "./padding.ts";
import { loadTokenizer } from "./tokenizer.ts";

let root: string;
let tokenizer: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "classifier-"));
  tokenizer = join(root, "tokenizer");
  await writeTokenizer(tokenizer, trainBpe(["an otter eats fish by the river"], vocabSize), 48);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const vocabSize = 258;
const sizes = { vocab_size: vocabSize, eos_token_id: 257 };
const gptSizes = { ...sizes, n_positions: 48, n_embd: 16, n_layer: 2, n_head: 2 };
const newer = {
  ...sizes,
  max_position_embeddings: 48,
  hidden_size: 16,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  intermediate_size: 24,
};
const configs: Record<string, object> = {
  "openai-gpt": gptSizes,
  gpt2: gptSizes,
  gpt_neo: {
    ...sizes,
    max_position_embeddings: 48,
    hidden_size: 16,
    num_layers: 2,
    num_heads: 2,
    window_size: 3,
    attention_types: [[["global", "local"], 1]],
  },
  gpt_neox: newer,
  llama: newer,
  mistral: { ...newer, sliding_window: 4 },
  qwen2: newer,
  qwen3: { ...newer, head_dim: 8 },
};
const rows = [
  [14, 51, 88, 31, 68, 11, 48, 85, 28, 65, 8, 45, 257],
  [32, 85, 44, 3, 257],
];
const shift = 0.75;

/** A reward model as a trainer would write it, with a shift in its head. */
async function written(type: string): Promise<{ dir: string; architecture: Architecture; weights: Weights }> {
  const architecture = parseArchitecture({ ...configs[type], model_type: type }, "config.json");
  const weights = tinyWeights(rewardHead, 2, architecture);
  for (const name of ["lm_head.weight", "embed_out.weight"]) weights.delete(name);
  weights.get("score.bias")!.data[0] = shift;
  const dir = join(root, type);
  const classifier = await asClassifier(architecture, rewardHead, weights, tokenizer);
  await writeModel(dir, { ...rewardHead, ...classifier, dtype: "F32", tokenizerFrom: tokenizer });
  return { dir, architecture, weights };
}

async function scoresOf(architecture: Architecture, weights: Weights): Promise<number[]> {
  const forward = new ForwardPass(architecture, answerRewards(), { threads: 1 });
  const read = await forward.run(
    weights,
    rows.map((row) => ({ prompt: row.slice(0, -1), answers: [row.slice(-1)] })),
  );
  await forward.dispose();
  return read.map((answers) => answers[0]![0]!);
}

/** By transformers, without what its head lacks. */
const expected: Record<string, { alone: number[]; padded: number[] }> = {
  "openai-gpt": { alone: [2.157791, 1.527887], padded: [2.157791, 1.527887] },
  gpt2: { alone: [-0.426716, -0.29274], padded: [-0.426716, -0.29274] },
  gpt_neo: { alone: [0.10303, 0.880667], padded: [0.10303, 0.880667] },
  gpt_neox: { alone: [1.221184, 0.936745], padded: [1.221184, 0.936745] },
  llama: { alone: [-0.178303, 0.722712], padded: [-0.178303, 0.722712] },
  mistral: { alone: [-0.521189, 0.396817], padded: [-0.521188, 0.396817] },
  qwen2: { alone: [0.671633, 0.62435], padded: [0.671633, 0.62435] },
  qwen3: { alone: [1.896186, -0.975827], padded: [1.896187, -0.975827] },
};

test.each(Object.keys(configs))("%s: transformers computes these scores of what is written", async (type) => {
  const { dir, architecture, weights } = await written(type);
  const { config, weights: read } = await readModel(dir);
  expect(config).toEqual({ ...architecture, vocabSize: vocabSize + 1, padTokenId: vocabSize });
  // The same to us as before, and what is left in the head is what transformers does not know of.
  const before = await scoresOf(architecture, weights);
  const now = await scoresOf(config, read);
  for (const [i, score] of now.entries()) expect(score).toBeCloseTo(before[i]!, 4);
  const left = read.get("score.bias")!.data[0]!;
  expect(left).toBe(architecture.norm === "layer" ? 0 : shift);
  for (const [i, score] of now.entries()) {
    expect(score - left).toBeCloseTo(expected[type]!.alone[i]!, 4);
    expect(score - left).toBeCloseTo(expected[type]!.padded[i]!, 4);
  }
  const card = await readFile(join(dir, "README.md"), "utf8");
  expect(card).toContain("AutoModelForSequenceClassification");
  expect(card).toContain(await howToCallModel(dir));
  expect(card.includes("has no bias that could hold it")).toBe(left !== 0);
});

test("padding has a token of its own, and the tokens of texts stay those of the model it was trained from", async () => {
  const { dir } = await written("gpt2");
  const settings = JSON.parse(await readFile(join(dir, "tokenizer_config.json"), "utf8"));
  expect(settings.pad_token).toBe("<|pad|>");
  expect(await sameTokens(dir, tokenizer)).toBe(true);
  const [before, now] = [await loadTokenizer(tokenizer), await loadTokenizer(dir)];
  expect(now.vocabSize).toBe(before.vocabSize + 1);
  for (const text of ["an otter", "<|pad|> is typed"]) expect(now.encode(text)).toEqual(before.encode(text));
  // A model that is trained on from there keeps it.
  const { config, weights, ...head } = await readModel(dir);
  const again = await asClassifier(config, head, weights, dir);
  expect(again.config).toEqual(config);
  expect(again.padToken).toBeUndefined();
});

test("a head that reads the likelihood goes by a name that no other program takes for its own", async () => {
  const architecture = parseArchitecture({ ...configs.gpt2, model_type: "gpt2" }, "config.json");
  const head = { ...rewardHead, likelihoodPower };
  const weights = tinyWeights(head, 2, architecture);
  const dir = join(root, "likelihood");
  const classifier = await asClassifier(architecture, head, weights, tokenizer);
  await writeModel(dir, { ...head, ...classifier, dtype: "F32", tokenizerFrom: tokenizer });
  const json = JSON.parse(await readFile(join(dir, "config.json"), "utf8"));
  expect(json).toMatchObject({ model_type: "rankloop_likelihood_reward", architectures: ["RankloopLikelihoodReward"] });
  expect(await readModel(dir)).toEqual({ config: architecture, ...head, weights });
  expect(await describeModel(dir)).toMatchObject(head);
  expect(await readFile(join(dir, "README.md"), "utf8")).toContain("only Rankloop can run it");
  // As it was called before.
  const { rankloop_body, ...before } = json;
  const old = { ...before, model_type: rankloop_body, architectures: ["GPT2ForSequenceClassification"] };
  await writeFile(join(dir, "config.json"), JSON.stringify(old));
  expect(await readModel(dir)).toEqual({ config: architecture, ...head, weights });
});
