// For tests and benchmarks: an exported model as @huggingface/transformers opens it, in Node, from the folder alone.
import { resolve } from "node:path";

/** A tensor of theirs. */
interface Theirs {
  dims: number[];
  data: ArrayLike<number | bigint>;
}

interface Library {
  env: { allowRemoteModels: boolean; localModelPath: string };
  Tensor: new (type: string, data: BigInt64Array, dims: number[]) => Theirs;
  AutoModelForCausalLM: { from_pretrained(dir: string): Promise<Model> };
  AutoModel: { from_pretrained(dir: string): Promise<Model> };
}

interface Model {
  (inputs: Record<string, Theirs>): Promise<{ logits: Theirs }>;
  generate(options: Record<string, unknown>): Promise<Theirs>;
  dispose(): Promise<unknown>;
}

/** Named here and not in an import: it is for development only, and types are checked without it, too. */
const packageName: string = "@huggingface/transformers";

async function library(): Promise<Library> {
  const found = (await import(packageName)) as Library;
  found.env.allowRemoteModels = false;
  found.env.localModelPath = "/";
  return found;
}

export interface TransformersJs {
  /** Greedy continuations of rows of ids, `tokens` each, whatever ends an answer; shorter rows are filled on the left. */
  greedy(rows: readonly (readonly number[])[], tokens: number): Promise<number[][]>;
  /** A classifier's logits of rows; shorter ones are filled on `side` with `pad`. */
  scores(rows: readonly (readonly number[])[], pad: number, side: "left" | "right"): Promise<number[]>;
  dispose(): Promise<unknown>;
}

export async function openTransformersJs(dir: string, kind: "lm" | "reward"): Promise<TransformersJs> {
  const { AutoModelForCausalLM, AutoModel, Tensor } = await library();
  const model = await (kind === "lm" ? AutoModelForCausalLM : AutoModel).from_pretrained(resolve(dir));
  const batch = (rows: readonly (readonly number[])[], pad: number, side: "left" | "right") => {
    const width = Math.max(...rows.map((row) => row.length));
    const filled = (fill: number, of: (row: readonly number[]) => readonly number[]) => {
      const all = rows.flatMap((row) => {
        const more = Array<number>(width - row.length).fill(fill);
        return side === "left" ? [...more, ...of(row)] : [...of(row), ...more];
      });
      return new Tensor("int64", BigInt64Array.from(all, BigInt), [rows.length, width]);
    };
    return { input_ids: filled(pad, (row) => row), attention_mask: filled(0, (row) => row.map(() => 1)) };
  };
  return {
    async greedy(rows, tokens) {
      const options = { do_sample: false, max_new_tokens: tokens, min_new_tokens: tokens };
      const { dims, data } = await model.generate({ ...batch(rows, 0, "left"), ...options });
      const width = dims[1]!;
      return rows.map((_, r) => Array.from({ length: tokens }, (_, i) => Number(data[(r + 1) * width - tokens + i])));
    },
    async scores(rows, pad, side) {
      const { logits } = await model(batch(rows, pad, side));
      return Array.from(logits.data, Number);
    },
    dispose: () => model.dispose(),
  };
}
