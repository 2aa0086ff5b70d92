// For tests: a graph's gradients beside numeric differences (f(x + h) − f(x − h)) / 2h.
import { gradients } from "./grad.ts";
import { Graph, type Value } from "./graph.ts";
import { Session, type Tensors, tensor } from "./session.ts";

type Arrays = Record<string, { shape: readonly number[]; data: Float32Array }>;

/**
 * Build a loss [] of `variables` and look at its gradients.
 * @param feeds what else the graph is fed, by name.
 * @param at how many elements of each variable to look at, spread evenly; all where absent.
 * @returns of each variable the elements looked at, with the gradient by the graph and by differences.
 */
export async function bothGradients(
  variables: Arrays,
  build: (graph: Graph, inputs: (name: string) => Value) => Value,
  feeds: Record<string, Float32Array | Int32Array | Uint8Array> = {},
  { h = 2 ** -8, at = Number.POSITIVE_INFINITY }: { h?: number; at?: number } = {},
): Promise<{ name: string; index: number; graph: number; numeric: number }[]> {
  const graph = new Graph();
  const inputs = new Map(
    Object.entries(variables).map(([name, { shape }]) => [name, graph.input(name, "float32", shape)]),
  );
  const loss = build(graph, (name) => inputs.get(name)!);
  graph.output("loss", loss);
  for (const [i, d] of gradients(loss, [...inputs.values()]).entries()) graph.output(`d${i}`, d);
  const session = await Session.create(graph, { threads: 1 });
  const run = async () => {
    const all: Tensors = {};
    for (const { name, dtype, shape } of graph.inputs) {
      all[name] = tensor(dtype, variables[name]?.data ?? feeds[name]!, shape as number[]);
    }
    return await session.run(all);
  };
  const result = await run();
  const found = [];
  for (const [i, [name, { data }]] of Object.entries(variables).entries()) {
    const analytic = result[`d${i}`]!.data as Float32Array;
    const stride = Math.max(1, Math.floor(data.length / at));
    for (let index = 0; index < data.length; index += stride) {
      const x = data[index]!;
      const losses: number[] = [];
      for (const side of [h, -h]) {
        data[index] = x + side;
        losses.push(((await run()).loss!.data as Float32Array)[0]!);
      }
      data[index] = x;
      found.push({ name, index, graph: analytic[index]!, numeric: (losses[0]! - losses[1]!) / (2 * h) });
    }
  }
  await session.dispose();
  return found;
}
