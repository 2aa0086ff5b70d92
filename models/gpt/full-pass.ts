// For tests: generation without a cache. Every token comes from a full forward pass (forward.ts) over all tokens before
// it, one answer at a time. What generate.ts does fast must give the same tokens.

import { Graph } from "../onnx/graph.ts";
import { Session, tensor } from "../onnx/session.ts";
import { Random } from "../random.ts";
import type { Architecture } from "./architecture.ts";
import { readModel } from "./checkpoint.ts";
import { constants } from "./decode-graph.ts";
import { hiddenStates } from "./forward.ts";
import { logits } from "./heads.ts";
import { likeliest, type SamplingSettings, sample } from "./sampling.ts";

export class FullPass {
  readonly config: Architecture;
  private readonly session: Session;

  private constructor(config: Architecture, session: Session) {
    this.config = config;
    this.session = session;
  }

  static async load(dir: string): Promise<FullPass> {
    const { config, weights } = await readModel(dir);
    const graph = new Graph();
    const parameters = constants(graph, weights);
    // Always the whole context: what stands after a token does not change it.
    const ids = graph.input("ids", "int32", [1, config.nCtx]);
    graph.output("logits", logits(config, parameters, hiddenStates(config, parameters, ids)));
    return new FullPass(config, await Session.create(graph, { threads: 1 }));
  }

  /** Tokens after `ids`, up to and with the first of `stops`, `maxTokens` at most. */
  async tokens(
    ids: readonly number[],
    settings: SamplingSettings & { maxTokens: number; seed: number; stops: readonly number[]; vocabSize: number },
  ): Promise<number[]> {
    const { nCtx, vocabSize: V } = this.config;
    const random = new Random(settings.seed);
    const all = [...ids];
    while (all.length < ids.length + settings.maxTokens && !settings.stops.includes(all.at(-1)!)) {
      const row = Int32Array.from({ length: nCtx }, (_, i) => all[i] ?? 0);
      const { logits } = await this.session.run({ ids: tensor("int32", row, [1, nCtx]) });
      const start = (all.length - 1) * V;
      const last = (logits!.data as Float32Array).slice(start, start + settings.vocabSize);
      all.push(
        settings.temperature === 0
          ? likeliest(last)
          : sample(softmax(last, settings.temperature), random.next(), settings),
      );
    }
    return all.slice(ids.length);
  }

  async dispose(): Promise<void> {
    await this.session.dispose();
  }
}

function softmax(logits: Float32Array, temperature: number): Float32Array {
  const most = logits.reduce((a, b) => Math.max(a, b));
  const e = logits.map((x) => Math.exp((x - most) / temperature));
  const sum = e.reduce((a, b) => a + b);
  return e.map((x) => x / sum);
}
