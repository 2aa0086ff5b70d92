// The forward pass against activations of a real trained checkpoint, recorded by another implementation (PyTorch).
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Graph } from "../onnx/graph.ts";
import * as op from "../onnx/ops.ts";
import { Session, tensor } from "../onnx/session.ts";
import { gpt2 } from "./families/gpt2.ts";
import { hiddenStates } from "./forward.ts";
import { logits } from "./heads.ts";

const data = join(import.meta.dirname, "../../../shared/data");
const files = { model: join(data, "gpt-nano-sort-model.json"), partials: join(data, "gpt-nano-sort-t0-partials.json") };

interface Stored {
  shape: number[];
  data: string;
}
const decode = ({ data }: Stored) => new Float32Array(new Uint8Array(Buffer.from(data, "base64")).buffer);

const config = gpt2({
  vocabSize: 3,
  nCtx: 11,
  nEmbd: 48,
  nLayer: 3,
  nHead: 3,
  tieWordEmbeddings: false,
  eosTokenId: 0,
});

// PyTorch's Linear stores [out, in], Hugging Face's Conv1D (and we) [in, out].
function conv1d(stored: Stored): { shape: number[]; data: Float32Array } {
  const [out, into] = stored.shape as [number, number];
  const from = decode(stored);
  return { shape: [into, out], data: Float32Array.from(from, (_, i) => from[(i % out) * into + Math.floor(i / out)]!) };
}

const there = existsSync(files.model) && existsSync(files.partials);

test.skipIf(!there)(
  "reproduces gpt-nano-sort's hidden states, logits and probabilities to 1e-5 (needs shared/data)",
  async () => {
    const model = JSON.parse(readFileSync(files.model, "utf8")) as Record<string, Stored>;
    const partials = JSON.parse(readFileSync(files.partials, "utf8")) as Record<string, Stored>;
    const graph = new Graph();
    const parameter = (name: string) => {
      const stored = (name === "lm_head.weight" ? model[name] : model[`transformer.${name}`])!;
      const linear = /\.(c_attn|c_proj|c_fc)\.weight$/.test(name);
      const { shape, data } = linear ? conv1d(stored) : { shape: stored.shape, data: decode(stored) };
      return graph.constant(name, "float32", shape, data);
    };
    const [B, T] = partials.idx!.shape as [number, number];
    const ids = graph.input("ids", "int32", [B, T]);
    const hidden = hiddenStates(config, parameter, ids);
    const scores = logits(config, parameter, hidden);
    graph.output("ln_f", hidden);
    graph.output("lm_head", scores);
    graph.output("probs", op.softmax(scores));
    const session = await Session.create(graph);
    const results = await session.run({ ids: tensor("int32", Int32Array.from(decode(partials.idx!)), [B, T]) });
    for (const name of ["ln_f", "lm_head", "probs"]) {
      const expected = decode(partials[name]!);
      const got = results[name]!.data as Float32Array;
      expect(got.length).toBe(expected.length);
      const worst = expected.reduce((max, e, i) => Math.max(max, Math.abs(e - got[i]!)), 0);
      expect(worst, `largest difference of ${name}`).toBeLessThan(1e-5);
    }
    await session.dispose();
  },
);
