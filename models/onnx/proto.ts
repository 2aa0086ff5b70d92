// Graph → bytes of an ONNX ModelProto. Field numbers: onnx.proto of ONNX IR version 8; wire format by @bufbuild/protobuf.
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { Attribute, Data, DType, Graph, Node, Value } from "./graph.ts";

const opset = { "": 17, "com.microsoft": 1 } as const;
const elementType: Record<DType, number> = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9, float16: 10 };
const attributeType = { float: 1, int: 2, string: 3, ints: 7 } as const;

/** Where a constant's numbers are, when they are not in the model's file: so many bytes of another one. */
export interface Place {
  file: string;
  offset: number;
}

/** Constants that are read by a node. */
export function constantsOf(graph: Graph): Map<Value, Data> {
  const read = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  return new Map([...graph.constants].filter(([value]) => read.has(value)));
}

/** The graph as the bytes of a .onnx file, which has at most 2 GiB. @param places of constants that are kept elsewhere. */
export function encodeModel(graph: Graph, places: ReadonlyMap<Value, Place> = new Map()): Uint8Array {
  const w = new BinaryWriter();
  int(w, 1, 8); // ir_version
  text(w, 2, "rankloop"); // producer_name
  message(w, 7, () => writeGraph(w, graph, places));
  for (const [domain, version] of Object.entries(opset)) {
    message(w, 8, () => {
      text(w, 1, domain);
      int(w, 2, version);
    });
  }
  return w.finish();
}

function writeGraph(w: BinaryWriter, graph: Graph, places: ReadonlyMap<Value, Place>): void {
  for (const node of graph.nodes) message(w, 1, () => writeNode(w, node));
  text(w, 2, "graph");
  for (const [value, data] of constantsOf(graph)) message(w, 5, () => writeTensor(w, value, data, places.get(value)));
  for (const value of graph.inputs) message(w, 11, () => writeValueInfo(w, value));
  for (const value of graph.outputs) message(w, 12, () => writeValueInfo(w, value));
}

function writeNode(w: BinaryWriter, node: Node): void {
  for (const input of node.inputs) text(w, 1, input?.name ?? "");
  for (const output of node.outputs) text(w, 2, output.name);
  text(w, 3, node.outputs[0]?.name ?? "");
  text(w, 4, node.op);
  for (const [name, value] of Object.entries(node.attributes)) message(w, 5, () => writeAttribute(w, name, value));
  if (node.domain) text(w, 7, node.domain);
}

function writeAttribute(w: BinaryWriter, name: string, value: Attribute): void {
  text(w, 1, name);
  if (typeof value === "number") {
    int(w, 3, value);
    int(w, 20, attributeType.int);
  } else if (typeof value === "string") {
    text(w, 4, value);
    int(w, 20, attributeType.string);
  } else if ("float" in value) {
    w.tag(2, WireType.Bit32).float(value.float);
    int(w, 20, attributeType.float);
  } else {
    for (const x of value) int(w, 8, x);
    int(w, 20, attributeType.ints);
  }
}

function writeTensor(w: BinaryWriter, value: Value, data: Data, place: Place | undefined): void {
  for (const dim of value.shape) int(w, 1, dim as number); // constants have fixed shapes
  int(w, 2, elementType[value.dtype]);
  text(w, 8, value.name);
  if (!place) {
    w.tag(9, WireType.LengthDelimited).bytes(bytesOf(data));
    return;
  }
  const entries = { location: place.file, offset: place.offset, length: data.byteLength };
  for (const [key, entry] of Object.entries(entries)) {
    message(w, 13, () => {
      text(w, 1, key);
      text(w, 2, String(entry));
    });
  }
  int(w, 14, 1); // data_location: EXTERNAL
}

/** The same memory. */
export const bytesOf = (data: Data): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

function writeValueInfo(w: BinaryWriter, value: Value): void {
  text(w, 1, value.name);
  message(w, 2, () =>
    message(w, 1, () => {
      int(w, 1, elementType[value.dtype]);
      message(w, 2, () => {
        for (const dim of value.shape) {
          message(w, 1, () => (typeof dim === "number" ? int(w, 1, dim) : text(w, 2, dim)));
        }
      });
    }),
  );
}

function message(w: BinaryWriter, field: number, write: () => void): void {
  w.tag(field, WireType.LengthDelimited).fork();
  write();
  w.join();
}

function int(w: BinaryWriter, field: number, value: number): void {
  w.tag(field, WireType.Varint).int64(value);
}

function text(w: BinaryWriter, field: number, value: string): void {
  w.tag(field, WireType.LengthDelimited).string(value);
}
