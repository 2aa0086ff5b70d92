// For benchmarks: an exported model as llama.cpp opens it, by node-llama-cpp (3.21.1), which somebody has installed elsewhere.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

interface Sequence {
  evaluate(tokens: readonly number[], options: { temperature: 0; yieldEogToken: true }): AsyncGenerator<number>;
  clearHistory(): Promise<void>;
}

interface Context {
  getSequence(): Sequence;
  dispose(): Promise<void>;
}

interface Library {
  getLlama(options: { gpu: false; maxThreads: number; logLevel: string }): Promise<{
    loadModel(options: { modelPath: string }): Promise<{
      createContext(options: { contextSize: number; sequences: number; threads: number }): Promise<Context>;
      dispose(): Promise<void>;
    }>;
  }>;
}

const most = 9;

/** @param folder in whose node_modules it is */
export async function openLlamaCpp(folder: string, modelPath: string, contextSize: number, threads: number) {
  const found = createRequire(pathToFileURL(join(folder, "package.json"))).resolve("node-llama-cpp");
  const { getLlama } = (await import(pathToFileURL(found).href)) as Library;
  const llama = await getLlama({ gpu: false, maxThreads: threads, logLevel: "error" });
  const model = await llama.loadModel({ modelPath });
  const context = await model.createContext({ contextSize, sequences: most, threads });
  const sequences = Array.from({ length: most }, () => context.getSequence());
  return {
    /** Greedy continuations of up to 9 rows of ids, `tokens` each, whatever ends an answer; rows are decoded as one batch. */
    async greedy(rows: readonly (readonly number[])[], tokens: number): Promise<number[][]> {
      const answer = async (row: readonly number[], sequence: Sequence) => {
        const made: number[] = [];
        for await (const token of sequence.evaluate(row, { temperature: 0, yieldEogToken: true })) {
          made.push(token);
          if (made.length === tokens) break;
        }
        await sequence.clearHistory();
        return made;
      };
      return Promise.all(rows.map((row, i) => answer(row, sequences[i]!)));
    },
    async dispose() {
      await context.dispose();
      await model.dispose();
    },
  };
}
