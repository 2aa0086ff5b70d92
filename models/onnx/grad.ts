// The engine of reverse-mode differentiation: which nodes lie between the parameters and the loss, walked backwards.
// What each operator does to a gradient is in vjp.ts.
import { GraphError, type Value } from "./graph.ts";
import { add } from "./ops.ts";
import { rules } from "./vjp.ts";

/**
 * Add nodes for d loss / d parameter to the loss's own graph, one gradient for each parameter, of its shape.
 * @param loss a float32 scalar, shape [].
 * @throws GraphError when the loss is no scalar, does not depend on a parameter, or an operator on the way has no rule.
 */
export function gradients(loss: Value, parameters: readonly Value[]): Value[] {
  if (loss.rank !== 0) throw new GraphError(`the loss has shape [${loss.shape}], not []`);
  const { graph } = loss;
  const forward = [...graph.nodes]; // in topological order: a node is added after its inputs
  const active = new Set<Value>(parameters);
  for (const node of forward) {
    if (node.inputs.some((x) => x && active.has(x))) for (const y of node.outputs) active.add(y);
  }

  const gradient = new Map<Value, Value>([[loss, graph.scalar(1)]]);
  for (const node of forward.reverse()) {
    const dy = node.outputs.map((y) => gradient.get(y));
    if (!dy.some(Boolean) || !node.inputs.some((x) => x && active.has(x))) continue;
    const rule = rules[node.op];
    if (!rule) throw new GraphError(`${node.op} has no differentiation rule`);
    const dx = rule(node, dy);
    for (const [i, x] of node.inputs.entries()) {
      const d = dx[i];
      if (!x || !d || !active.has(x)) continue;
      const sum = gradient.get(x);
      gradient.set(x, sum ? add(sum, d) : d); // a value used twice adds up
    }
  }
  return parameters.map((parameter) => {
    const d = gradient.get(parameter);
    if (!d) throw new GraphError(`the loss does not depend on ${parameter.name}`);
    return d;
  });
}
