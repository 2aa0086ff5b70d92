// For tests: a small model of every family, on the disk with a tokenizer, and what is exported of it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Architecture, familyOf, parseArchitecture } from "../gpt/architecture.ts";
import { trainBpe, writeTokenizer } from "../gpt/bpe.ts";
import { type Weights, writeModel } from "../gpt/checkpoint.ts";
import { type Head, languageModelHead } from "../gpt/heads.ts";
import { tinyWeights } from "../train/models.fixture.ts";
import { exportModel, type ModelFormat } from "./export.ts";

const vocabSize = 258;

/** config.json's keys of a small one of every family, with its particulars; windows are shorter than what is read. */
export function smallFamilies(width = 16, vocab = vocabSize): Record<string, Record<string, unknown>> {
  const sizes = { vocab_size: vocab, eos_token_id: vocab - 1 };
  const gpt = { ...sizes, n_positions: 48, n_embd: width, n_layer: 2, n_head: 2 };
  const newer = {
    ...sizes,
    max_position_embeddings: 48,
    hidden_size: width,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    intermediate_size: 24,
  };
  const rope = {
    rope_type: "llama3",
    factor: 4,
    low_freq_factor: 1,
    high_freq_factor: 4,
    original_max_position_embeddings: 16,
  };
  const neo = { ...sizes, max_position_embeddings: 48, hidden_size: width, num_layers: 2, num_heads: 2 };
  return {
    "openai-gpt": gpt,
    gpt2: { ...gpt, n_inner: 24 },
    gpt_neo: { ...neo, window_size: 3, attention_types: [[["global", "local"], 1]] },
    gpt_neox: { ...newer, rotary_pct: 0.5 },
    llama: { ...newer, head_dim: 6, attention_bias: true, mlp_bias: true, rope_theta: 100, rope_scaling: rope },
    mistral: { ...newer, sliding_window: 4 },
    qwen2: { ...newer, tie_word_embeddings: true },
    qwen3: { ...newer, head_dim: 8 },
  };
}

export const smallArchitecture = (type: string, keys = smallFamilies()[type]): Architecture =>
  parseArchitecture({ ...keys, model_type: type }, "config.json");

/** Directories of models under one of its own, which goes with `remove`. */
export class SmallModels {
  readonly root: string;
  readonly tokenizer: string;

  private constructor(root: string) {
    this.root = root;
    this.tokenizer = join(root, "tokenizer");
  }

  static async create(): Promise<SmallModels> {
    const models = new SmallModels(await mkdtemp(join(tmpdir(), "export-")));
    await writeTokenizer(models.tokenizer, trainBpe(["an otter eats fish by the river"], vocabSize), 48);
    return models;
  }

  /** A model with random weights. */
  async write(type: string, head: Head = languageModelHead, keys = smallFamilies()[type]) {
    const architecture = smallArchitecture(type, keys);
    const weights: Weights = tinyWeights(head, 2, architecture);
    // Far from each other, so that what is likeliest changes from token to token.
    const matrices = head.kind === "lm" ? [...weights.values()].filter(({ shape }) => shape.length > 1) : [];
    for (const { data } of matrices) data.set(data.map((x) => 5 * x));
    if (head.kind === "reward") {
      if (head.likelihoodPower === undefined) weights.delete(`${familyOf(architecture).names.output}.weight`);
      weights.get("score.bias")!.data[0] = 0.75;
    }
    const dir = await this.folder(type);
    const model = { config: architecture, ...head, weights, dtype: "F32", tokenizerFrom: this.tokenizer } as const;
    await writeModel(dir, model);
    return { dir, architecture, weights };
  }

  /** A model in another format. @returns the directory */
  async export(dir: string, format: ModelFormat): Promise<string> {
    const out = join(await this.folder("out"), format);
    await exportModel(dir, format, out);
    return out;
  }

  /** A new, empty one. */
  folder(name: string): Promise<string> {
    return mkdtemp(join(this.root, `${name}-`));
  }

  remove(): Promise<void> {
    return rm(this.root, { recursive: true, force: true });
  }
}
