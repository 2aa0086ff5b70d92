// The same graph in ONNX's own operators, for other runtimes: what this project takes from onnxruntime's domain for speed is
// written out, in the forms that onnxruntime's own optimiser finds again.
import { type Graph, GraphError, type Node, type Value } from "./graph.ts";
import * as op from "./ops.ts";

type Lowering = (inputs: readonly Value[], attribute: (name: string, unlessSet?: number) => number) => Value;

const lowerings: Record<string, Lowering> = {
  FusedMatMul([a, b], attribute) {
    if (attribute("transBatchB") !== 0) throw new GraphError("FusedMatMul: transBatchB has no standard form here");
    const swapped = (x: Value) => op.transpose(x, [...x.shape.keys()].with(-1, x.rank - 2).with(-2, x.rank - 1));
    const product = op.matMul(attribute("transA") ? swapped(a!) : a!, attribute("transB") ? swapped(b!) : b!);
    const alpha = attribute("alpha", 1);
    return alpha === 1 ? product : op.mul(product, alpha);
  },
  FastGelu([x]) {
    const inner = op.mul(op.add(x!, op.mul(op.mul(op.mul(x!, x!), x!), 0.044715)), Math.sqrt(2 / Math.PI));
    return op.mul(op.mul(x!, op.add(op.tanh(inner), 1)), 0.5);
  },
  Gelu: ([x]) => op.mul(op.mul(x!, op.add(op.erf(op.div(x!, Math.SQRT2)), 1)), 0.5),
  QuickGelu([x], attribute) {
    const alpha = attribute("alpha");
    return op.mul(x!, op.sigmoid(alpha === 1 ? x! : op.mul(x!, alpha)));
  },
  SimplifiedLayerNormalization([x, scale], attribute) {
    const square = op.reduceMean(op.mul(x!, x!), [-1], true);
    return op.mul(op.div(x!, op.sqrt(op.add(square, attribute("epsilon")))), scale!);
  },
  RotaryEmbedding([x, _, cos, sin], attribute) {
    const [, N, width] = x!.shape;
    const heads = attribute("num_heads");
    const D = (width as number) / heads;
    const n = cos!.size(1);
    const all = op.reshape(x!, [N!, heads, D]);
    const [first, second] = [op.slice(all, 2, 0, n), op.slice(all, 2, n, 2 * n)];
    const [c, s] = [cos!, sin!].map((turn) => op.reshape(turn, [N!, 1, n])) as [Value, Value];
    const turned = [op.sub(op.mul(first, c), op.mul(second, s)), op.add(op.mul(second, c), op.mul(first, s))];
    const whole = op.concat(2 * n === D ? turned : [...turned, op.slice(all, 2, 2 * n, D)], 2);
    return op.reshape(whole, x!.shape);
  },
};

/**
 * Write out every operator that ONNX does not define.
 * @throws GraphError for one whose standard form is not known, or of which more than the first output is read.
 */
export function inStandardOps(graph: Graph): void {
  for (const node of graph.nodes.splice(0)) {
    const lower = isStandard(node) ? undefined : lowerings[node.op];
    if (!lower) {
      if (!isStandard(node)) throw new GraphError(`${node.op} has no standard form here`);
      graph.nodes.push(node);
      continue;
    }
    const value = lower(node.inputs as Value[], (name, unlessSet = 0) => {
      const found = node.attributes[name] ?? unlessSet;
      return typeof found === "object" && "float" in found ? found.float : (found as number);
    });
    const last = graph.nodes.pop()!;
    if (last.outputs[0] !== value) throw new GraphError(`${node.op}: its last operator must make its value`);
    const [made] = node.outputs;
    const replacement: Node = { ...last, outputs: [made!] };
    made!.node = replacement;
    graph.nodes.push(replacement);
  }
}

/** ONNX's domain holds a norm of onnxruntime's, too. */
const isStandard = ({ domain, op: name }: Node): boolean => domain === "" && name !== "SimplifiedLayerNormalization";
