// The engine of reverse-mode differentiation: which nodes lie between the parameters and the loss, walked backwards.
// What each operator does to a gradient is in vjp.ts.
import { type Graph, GraphError, type Node, type Value } from "./graph.ts";
import * as op from "./ops.ts";
import { rules } from "./vjp.ts";

export interface GradientOptions {
  /**
   * Keep of each of the graph's segments only what goes in, and compute it again on the way back (Chen et al. 2016): as if
   * there were only one of them in memory, for a third more to compute. The numbers are the same.
   */
  recompute?: boolean;
}

/**
 * Add nodes for d loss / d parameter to the loss's own graph, one gradient for each parameter, of its shape.
 * @param loss a float32 scalar, shape [].
 * @throws GraphError when the loss is no scalar, does not depend on a parameter, or an operator on the way has no rule.
 */
export function gradients(
  loss: Value,
  parameters: readonly Value[],
  { recompute = false }: GradientOptions = {},
): Value[] {
  if (loss.rank !== 0) throw new GraphError(`the loss has shape [${loss.shape}], not []`);
  const { graph } = loss;
  const forward = [...graph.nodes]; // in topological order: a node is added after its inputs
  const active = new Set<Value>(parameters);
  for (const node of forward) {
    if (node.inputs.some((x) => x && active.has(x))) for (const y of node.outputs) active.add(y);
  }

  const gradient = new Map<Value, Value>([[loss, graph.scalar(1)]]);
  /** Parameters whose gradient has grown since a segment was entered. */
  const grown = new Set<Value>();
  const copies = new Set<Node>();
  let segment: { nodes: readonly Node[]; again: ReadonlyMap<Node, Node> } | undefined;
  for (const node of forward.toReversed()) {
    const dy = node.outputs.map((y) => gradient.get(y));
    if (!dy.some(Boolean) || !node.inputs.some((x) => x && active.has(x))) continue;
    const rule = rules[node.op];
    if (!rule) throw new GraphError(`${node.op} has no differentiation rule`);
    const nodes = graph.segmentOf(node);
    if (nodes !== segment?.nodes) {
      segment = undefined;
      if (nodes) {
        const first = dy.findIndex(Boolean);
        const done = zeroAfter([dy[first]!, ...[...grown].map((x) => gradient.get(x)!)]);
        grown.clear();
        if (recompute) {
          const again = computedAgain(nodes, active, done);
          for (const copy of again.values()) copies.add(copy);
          segment = { nodes, again };
        } else {
          dy[first] = op.add(dy[first]!, done);
          segment = { nodes, again: new Map() };
        }
      }
    }
    const dx = rule(segment?.again.get(node) ?? node, dy);
    for (const [i, x] of node.inputs.entries()) {
      const d = dx[i];
      if (!x || !d || !active.has(x)) continue;
      const sum = gradient.get(x);
      gradient.set(x, sum ? op.add(sum, d) : d); // a value used twice adds up
      if (!x.node) grown.add(x);
    }
  }
  dropUnread(graph, copies);
  return parameters.map((parameter) => {
    const d = gradient.get(parameter);
    if (!d) throw new GraphError(`the loss does not depend on ${parameter.name}`);
    return d;
  });
}

/**
 * 0, once these are there. The runtime orders nodes by what they need and by nothing else: it would go all the way back first
 * and then make the gradients of the parameters, holding what all of them are made from. What has this added comes after them.
 */
function zeroAfter(values: readonly Value[]): Value {
  const first = (x: Value) => op.slice(op.reshape(x, [fixedCount(x)]), 0, 0, 1);
  return op.mul(op.reduceSum(op.concat(values.map(first), 0)), 0);
}

const fixedCount = (x: Value): number => x.shape.reduce((n: number, _, axis) => n * x.size(axis), 1);

/** Copies of a segment's nodes, from what goes into it, after `done`: equal to those, and yet not merged with them. */
function computedAgain(nodes: readonly Node[], active: ReadonlySet<Value>, done: Value): Map<Node, Node> {
  const { graph } = done;
  const values = new Map<Value, Value>();
  const again = new Map<Node, Node>();
  const inside = new Set(nodes.flatMap(({ outputs }) => outputs));
  const now = (x: Value): Value => {
    // What does not depend on parameters, such as masks, is kept.
    if (!active.has(x) || !x.node) return x;
    if (!values.has(x) && !inside.has(x)) values.set(x, op.add(x, done));
    return values.get(x)!;
  };
  for (const node of nodes) {
    if (!node.outputs.some((y) => active.has(y))) continue;
    const { op: name, inputs, outputs, attributes, domain } = node;
    const made = graph.node(
      name,
      inputs.map((x) => x && now(x)),
      outputs,
      attributes,
      domain,
    );
    for (const [i, y] of outputs.entries()) values.set(y, made[i]!);
    again.set(node, made[0]!.node!);
  }
  return again;
}

/** The last nodes of a segment are seldom needed to go back through it. */
function dropUnread(graph: Graph, copies: ReadonlySet<Node>): void {
  const read = new Set<Value>();
  const needed: Node[] = [];
  for (const node of graph.nodes.splice(0).reverse()) {
    if (copies.has(node) && !node.outputs.some((y) => read.has(y))) continue;
    for (const x of node.inputs) if (x) read.add(x);
    needed.push(node);
  }
  graph.nodes.push(...needed.reverse());
}
