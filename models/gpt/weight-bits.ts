// Weights of a graph in fewer bits than 32, for answering: blocks of 8- or 4-bit numbers with a scale each, which onnxruntime
// multiplies by as they are (MatMulNBits), or 16-bit floats.
//
// Its CPU build has no product of 16-bit floats on x64: it casts weights to 32 bits, once, when nothing is saved, or at every
// step, as here: then a model of half a billion parameters takes three quarters of the memory that it takes in 32 bits, and a
// step more than twice as long (models/bench/bits.ts). 8 bits take a third, and are as fast or faster: people are offered 8 and 4.
import type { Graph, Node, Value } from "../onnx/graph.ts";
import { encodeHalf } from "./half.ts";

export type WeightBits = 32 | 16 | 8 | 4;

/** Numbers that share a scale. */
const block = 32;

/** A matrix [rows, columns] as rows of blocks, the last filled up with zeros. */
export interface Blocks {
  /** [rows, ceil(columns / 32), bytes of a block]; of 4 bits the lower half comes first. */
  packed: Uint8Array;
  /** [rows, ceil(columns / 32)] */
  scales: Float32Array;
}

/**
 * Round each block to multiples of its scale: its largest number, by size, becomes the lowest of −2^(bits−1) … 2^(bits−1) − 1,
 * and all are stored with 2^(bits−1) added.
 * @param transposed the numbers are [columns, rows]: those of a row are `rows` apart.
 */
export function toBlocks(
  data: Float32Array,
  [rows, columns]: readonly [rows: number, columns: number],
  bits: 8 | 4,
  transposed = false,
): Blocks {
  const count = Math.ceil(columns / block);
  const bytes = (block * bits) / 8;
  const packed = new Uint8Array(rows * count * bytes);
  const scales = new Float32Array(rows * count);
  const zero = 2 ** (bits - 1);
  const most = 2 * zero - 1;
  const [rowStep, step] = transposed ? [1, rows] : [columns, 1];
  for (let row = 0; row < rows; row++) {
    for (let b = 0; b < count; b++) {
      const start = row * rowStep + b * block * step;
      const length = Math.min(block, columns - b * block);
      let largest = 0;
      for (let i = 0; i < length; i++) {
        const x = data[start + i * step]!;
        if (Math.abs(x) > Math.abs(largest)) largest = x;
      }
      const scale = Math.fround(largest / -zero);
      scales[row * count + b] = scale;
      const inverse = scale === 0 ? 0 : 1 / scale;
      const to = (row * count + b) * bytes;
      for (let i = 0; i < block; i++) {
        const x = i < length ? data[start + i * step]! * inverse : 0;
        const q = Math.min(most, Math.max(0, Math.floor(x + 0.5) + zero));
        if (bits === 8) packed[to + i] = q;
        else packed[to + (i >> 1)]! |= q << (4 * (i & 1));
      }
    }
  }
  return { packed, scales };
}

/** Blocks of weights that are still there: the graphs that read prompts and make tokens have the same. */
const blocksOf = new WeakMap<Float32Array, Map<string, Blocks>>();

function sharedBlocks(data: Float32Array, shape: readonly [number, number], bits: 8 | 4, transposed: boolean): Blocks {
  const known = blocksOf.get(data) ?? new Map<string, Blocks>();
  blocksOf.set(data, known);
  const key = `${bits} ${transposed}`;
  const blocks = known.get(key) ?? toBlocks(data, shape, bits, transposed);
  known.set(key, blocks);
  return blocks;
}

/** The 32-bit numbers are let go; those of vectors, such as biases, stay. */
export function storeWeights(graph: Graph, bits: WeightBits): void {
  if (bits === 32) return;
  const kept = new Map<string, Value[]>();
  /** Once for each matrix and way of reading it. */
  const once = (key: string, make: () => Value[]): Value[] => {
    if (!kept.has(key)) kept.set(key, make());
    return kept.get(key)!;
  };
  for (const node of graph.nodes.splice(0)) graph.nodes.push(...(stored(graph, node, bits, once) ?? [node]));
  const read = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  for (const value of graph.constants.keys()) if (!read.has(value)) graph.constants.delete(value);
}

/** x · weight or x · weightᵀ, and nothing else but a bias. */
function isProduct({ op, attributes: { transA = 0, transBatchB = 0, alpha } }: Node): boolean {
  const factor = typeof alpha === "object" && "float" in alpha ? alpha.float : 1;
  return ["MatMul", "FusedMatMul", "Gemm"].includes(op) && transA === 0 && transBatchB === 0 && factor === 1;
}

/** What takes the node's place, where it multiplies by a matrix of weights or reads rows of one. */
function stored(
  graph: Graph,
  node: Node,
  bits: 16 | 8 | 4,
  once: (key: string, make: () => Value[]) => Value[],
): Node[] | undefined {
  const { op, inputs, outputs, attributes } = node;
  const reads = op === "Gather" && attributes.axis === 0;
  const weight = inputs[reads ? 0 : 1];
  const data = weight && graph.constants.get(weight);
  if (!(data instanceof Float32Array) || weight!.rank !== 2) return undefined;
  if (!reads && !isProduct(node)) return undefined;
  const [height, width] = weight!.shape as [number, number];
  const { name } = weight!;
  const output = { dtype: "float32", shape: outputs[0]!.shape } as const;
  const append = (...added: Parameters<Graph["node"]>): Node => {
    graph.node(...added);
    return graph.nodes.pop()!;
  };
  /** The same value, made by another node. */
  const instead = (made: Node): Node => ({ ...made, outputs });

  if (bits === 16) {
    const [half] = once(name, () => [
      graph.constant(`${name} in 16 bits`, "float16", [height, width], encodeHalf(data)),
    ]);
    const cast = (x: Value) => append("Cast", [x], [{ dtype: "float32", shape: x.shape }], { to: 1 });
    if (reads) {
      const rows = append("Gather", [half!, inputs[1]!], [{ dtype: "float16", shape: output.shape }], { axis: 0 });
      return [rows, instead(cast(rows.outputs[0]!))];
    }
    const whole = cast(half!);
    return [whole, { ...node, inputs: inputs.with(1, whole.outputs[0]!) }];
  }
  const byRow = reads || Boolean(attributes.transB);
  const [rows, columns] = byRow ? [height, width] : [width, height];
  // Rows are read as they are stored: their blocks must be full.
  if (reads && columns % block !== 0) return undefined;
  const count = Math.ceil(columns / block);
  const bytes = (block * bits) / 8;
  const [packed, scales] = once(`${name} ${byRow}`, () => {
    const blocks = sharedBlocks(data, [rows, columns], bits, !byRow);
    const called = `${name} in ${bits} bits${byRow ? "" : ", transposed"}`;
    return [
      graph.constant(called, "uint8", [rows, count, bytes], blocks.packed),
      graph.constant(`${called}: scales`, "float32", [rows, count], blocks.scales),
    ];
  });
  if (reads) {
    const [flat] = once(`${name} rows`, () => [
      graph.constant(`${name} in ${bits} bits: rows`, "uint8", [rows, count * bytes], graph.constants.get(packed!)!),
    ]);
    const how = { bits, block_size: block, gather_axis: 0, quantize_axis: 1 };
    return [instead(append("GatherBlockQuantized", [flat!, inputs[1]!, scales!], [output], how, "com.microsoft"))];
  }
  // The row that is multiplied is rounded to 8 bits, too: anything finer is many times slower.
  const how = { K: columns, N: rows, bits, block_size: block, accuracy_level: 4 };
  const bias = op === "Gemm" ? [null, null, inputs[2]!] : [];
  return [instead(append("MatMulNBits", [inputs[0]!, packed!, scales!, ...bias], [output], how, "com.microsoft"))];
}
