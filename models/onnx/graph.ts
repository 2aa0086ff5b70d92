// A graph of ONNX operators under construction: values with a shape and a type, nodes in the order they were added.
// It holds structure only: ops.ts adds nodes, grad.ts derives new ones, proto.ts writes the file, session.ts runs it.

export type DType = "float32" | "int32" | "int64" | "uint8" | "float16" | "bool";

/** A size known while building, or a name that stands for one known when the graph runs (e.g. "P"). */
export type Dim = number | string;
export type Shape = readonly Dim[];

/** "float16" is in bit patterns. */
export type Data = Float32Array | Int32Array | BigInt64Array | Uint8Array | Uint16Array;
export type Attribute = number | string | readonly number[] | { readonly float: number };
export type Domain = "" | "com.microsoft";

/** One edge of the graph. Made by `Graph` only; the same object wherever the value is used. */
export class Value {
  readonly graph: Graph;
  /** Unique in the graph; `Graph.output` renames. */
  name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  /** The node that makes this value; undefined for inputs and constants. */
  node: Node | undefined;

  constructor(graph: Graph, name: string, dtype: DType, shape: Shape) {
    this.graph = graph;
    this.name = name;
    this.dtype = dtype;
    this.shape = shape;
  }

  get rank(): number {
    return this.shape.length;
  }

  /** Size of one axis (negative counts from the end). @throws GraphError where the size is only known at run time. */
  size(axis: number): number {
    const dim = this.shape.at(axis);
    if (typeof dim !== "number") {
      throw new GraphError(`${this.name}: axis ${axis} of ${formatShape(this.shape)} has no fixed size`);
    }
    return dim;
  }
}

export interface Node {
  readonly op: string;
  readonly domain: Domain;
  /** null stands for an optional input left out. */
  readonly inputs: readonly (Value | null)[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export class GraphError extends Error {
  override name = "GraphError";
}

export class Graph {
  readonly inputs: Value[] = [];
  readonly outputs: Value[] = [];
  readonly nodes: Node[] = [];
  readonly constants = new Map<Value, Data>();
  private readonly segments = new Map<Node, readonly Node[]>();
  private readonly names = new Set<string>();
  private readonly scalars = new Map<string, Value>();
  private counter = 0;

  /** A value fed at every run. Parameters and optimiser state are inputs too. */
  input(name: string, dtype: DType, shape: Shape): Value {
    const value = this.value(name, dtype, shape);
    this.inputs.push(value);
    return value;
  }

  /** A value stored in the model. The runtime may rearrange it once for speed, which it cannot do with inputs. */
  constant(name: string, dtype: DType, shape: readonly number[], data: Data): Value {
    const count = shape.reduce((a, b) => a * b, 1);
    if (data.length !== count) {
      throw new GraphError(`constant ${name}: ${data.length} numbers do not fill ${formatShape(shape)}`);
    }
    const value = this.value(name, dtype, shape);
    this.constants.set(value, data);
    return value;
  }

  /** A constant that needs no name of its own, such as a mask. */
  unnamed(dtype: DType, shape: readonly number[], data: Data): Value {
    return this.constant(this.fresh("constant"), dtype, shape, data);
  }

  /** A number as a value of shape []; equal numbers share one constant. */
  scalar(x: number, dtype: "float32" | "int32" | "int64" = "float32"): Value {
    const key = `${dtype} ${x}`;
    let value = this.scalars.get(key);
    if (!value) {
      value = this.unnamed(dtype, [], numbers(dtype, [x]));
      this.scalars.set(key, value);
    }
    return value;
  }

  /** A list of int64, as ONNX wants shapes, axes and bounds. */
  int64s(list: readonly number[]): Value {
    const key = `int64s ${list.join()}`;
    let value = this.scalars.get(key);
    if (!value) {
      value = this.unnamed("int64", [list.length], numbers("int64", list));
      this.scalars.set(key, value);
    }
    return value;
  }

  /**
   * Append one operator. Its outputs get fresh names; their types and shapes are the caller's (ops.ts infers them).
   * @throws GraphError when an input belongs to another graph.
   */
  node(
    op: string,
    inputs: readonly (Value | null)[],
    outputs: readonly { dtype: DType; shape: Shape }[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain: Domain = "",
  ): Value[] {
    for (const input of inputs) {
      if (input && input.graph !== this) throw new GraphError(`${op}: input ${input.name} is from another graph`);
    }
    const values = outputs.map(({ dtype, shape }) => this.value(this.fresh(op), dtype, shape));
    const node: Node = { op, domain, inputs, outputs: values, attributes };
    for (const value of values) value.node = node;
    this.nodes.push(node);
    return values;
  }

  /**
   * Mark what `build` adds as a segment: a layer, or another part of a forward pass with little that goes in and out, which
   * `gradients` may compute again.
   */
  segment<T>(build: () => T): T {
    const start = this.nodes.length;
    const result = build();
    const nodes = this.nodes.slice(start);
    for (const node of nodes) this.segments.set(node, nodes);
    return result;
  }

  /** The nodes of the segment that a node is in. */
  segmentOf(node: Node): readonly Node[] | undefined {
    return this.segments.get(node);
  }

  /** Make `value` an output under `name`, the name a run returns it by. */
  output(name: string, value: Value): void {
    // A value can carry one name: inputs, constants and outputs already named get a copy.
    const free = value.node && !this.outputs.includes(value);
    const out = free ? value : this.node("Identity", [value], [value])[0]!;
    if (this.names.has(name)) throw new GraphError(`two values are named ${name}`);
    this.names.add(name);
    out.name = name;
    this.outputs.push(out);
  }

  private value(name: string, dtype: DType, shape: Shape): Value {
    if (this.names.has(name)) throw new GraphError(`two values are named ${name}`);
    this.names.add(name);
    return new Value(this, name, dtype, shape);
  }

  private fresh(op: string): string {
    return `${op}_${this.counter++}`;
  }
}

/** formatShape([2, "T", 3]) → "[2, T, 3]" */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

export function numbers(dtype: DType, list: readonly number[]): Data {
  switch (dtype) {
    case "float32":
      return Float32Array.from(list);
    case "int32":
      return Int32Array.from(list);
    case "int64":
      return BigInt64Array.from(list, (x) => BigInt(x));
    case "uint8":
    case "bool":
      return Uint8Array.from(list);
    case "float16":
      return Uint16Array.from(list);
  }
}
