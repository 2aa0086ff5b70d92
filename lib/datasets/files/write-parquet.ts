// Rows as Parquet: a column for each field, with lists and groups as they are in JSON, in groups of rows that are written and
// forgotten.
import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";

const rowsTogether = 5_000;

export async function* parquetBytes(
  pages: AsyncIterable<readonly object[]>,
  sample: object,
): AsyncGenerator<Uint8Array, void, undefined> {
  const fields = Object.entries(sample).map(([name, value]) => fieldOf(name, value));
  const writer = new ByteWriter();
  const schema = [{ name: "root", num_children: fields.length }, ...fields.flatMap(({ elements }) => elements)];
  const parquet = new ParquetWriter({ writer, schema, createdBy: "rankloop" });
  const take = () => {
    const bytes = writer.getBytes().slice();
    writer.index = 0;
    return bytes;
  };
  let rows: object[] = [];
  const write = async () => {
    const columnData = fields.map(({ name, stored }) => ({
      name,
      data: rows.map((row) => stored(row[name as keyof object])),
    }));
    await parquet.write({ columnData, rowGroupSize: Math.max(1, rows.length) });
    rows = [];
  };
  for await (const page of pages) {
    for (const row of page) rows.push(row);
    if (rows.length < rowsTogether) continue;
    await write();
    yield take();
  }
  if (rows.length > 0) await write();
  await parquet.finish();
  yield take();
}

interface Field {
  name: string;
  elements: SchemaElement[];
  /** A value as the writer takes it. */
  stored: (value: unknown) => unknown;
}

/** Numbers that are not counts, ranks, ids or times. */
const fractions = new Set(["label", "temperature", "top_p"]);

function fieldOf(name: string, value: unknown): Field {
  const repetition_type = "REQUIRED" as const;
  if (Array.isArray(value)) {
    const element = fieldOf("element", value[0] ?? "");
    const list: SchemaElement[] = [
      { name, repetition_type, converted_type: "LIST", num_children: 1 },
      { name: "list", repetition_type: "REPEATED", num_children: 1 },
    ];
    const stored = (all: unknown) => (all as unknown[]).map(element.stored);
    return { name, elements: [...list, ...element.elements], stored };
  }
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(([field, one]) => fieldOf(field, one));
    const group: SchemaElement = { name, repetition_type, num_children: fields.length };
    const stored = (all: unknown) =>
      Object.fromEntries(
        fields.map((field) => [field.name, field.stored((all as Record<string, unknown>)[field.name])]),
      );
    return { name, elements: [group, ...fields.flatMap(({ elements }) => elements)], stored };
  }
  if (typeof value === "boolean") {
    return { name, elements: [{ name, repetition_type, type: "BOOLEAN" }], stored: (one) => one };
  }
  if (typeof value === "string") {
    const text: SchemaElement = { name, repetition_type, type: "BYTE_ARRAY", converted_type: "UTF8" };
    // Half of a character pair is no UTF-8.
    return { name, elements: [text], stored: (one) => String(one).toWellFormed() };
  }
  return fractions.has(name)
    ? { name, elements: [{ name, repetition_type, type: "DOUBLE" }], stored: (one) => one }
    : { name, elements: [{ name, repetition_type, type: "INT64" }], stored: (one) => BigInt(one as number) };
}
