// The plan of a run: what makes a step, which of a step's is computed together, and the few shapes of batch that all of it
// gets by with. It depends on the data and the seed only, so a resumed run has the same.
import { Random } from "../random.ts";
import { batching, type Pack, type PackedBatch, type PackedShape, packedTokens } from "./packed.ts";
import { batchRows, fillRows, type RowsShape, readOf, rowWidths, sizeOf, type Text } from "./rows.ts";

/**
 * The packs of each step: all in random order, put together until `rows` answers are there.
 * @returns indices of packs.
 */
export function answerSteps(packs: readonly Pack[], rows: number, epochs: number, seed: number): number[][] {
  const steps: number[][] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    let room = 0;
    for (const i of new Random(seed + epoch).sample([...packs.keys()], packs.length)) {
      const { length } = packs[i]!.answers;
      if (length > room) {
        steps.push([]);
        room = rows;
      }
      steps.at(-1)!.push(i);
      room -= length;
    }
  }
  return steps;
}

/** Packs that are computed together, and the shape of their graph. */
export interface Run {
  batch: PackedBatch;
  shape: PackedShape;
}

/** The packs of each step (indices) → its runs, of at most `tokens` tokens each, their shapes shared by all steps. */
export function planRuns(steps: readonly (readonly number[])[], packs: readonly Pack[], tokens: number): Run[][] {
  const batchesOf = batching(packs);
  const parts = steps.map((step) => batchesOf(step, tokens));
  const shapes = sharedShapes(
    parts.flat().map(({ shape }) => shape),
    packedTokens,
  );
  let next = 0;
  return parts.map((batches) => batches.map((batch) => ({ batch, shape: shapes[next++]! })));
}

/** The numbers from 0 to `count` − 1 in random order, B a step; the last step of each epoch may have fewer. */
export function randomSteps(count: number, B: number, epochs: number, seed: number): number[][] {
  return Array.from({ length: epochs }, (_, epoch) => {
    const order = new Random(seed + epoch).sample([...Array(count).keys()], count);
    return Array.from({ length: Math.ceil(count / B) }, (_, step) => order.slice(step * B, (step + 1) * B));
  }).flat();
}

/** Texts in rows, one after the other, that are computed together. */
export interface RowsRun {
  rows: readonly (readonly number[])[];
  shape: RowsShape;
}

/**
 * The texts of each step (indices) → its runs, of at most `tokens` tokens each or of one row that has more, their shapes
 * shared by all steps.
 */
export function planRows(steps: readonly (readonly number[])[], texts: readonly Text[], tokens: number): RowsRun[][] {
  const sizes = texts.map(sizeOf);
  const widths = rowWidths(sizes.reduce((most, { length }) => Math.max(most, length), 0));
  const most = (width: number) => ({ rows: Math.max(1, Math.floor(tokens / width)), read: Number.POSITIVE_INFINITY });
  const parts = steps.map((step) =>
    batchRows(
      fillRows(
        step.toSorted((a, b) => a - b),
        (i) => sizes[i]!,
        widths,
      ),
      most,
    ),
  );
  const exact = parts.flat().map((rows): RowsShape => [rows.length, rows[0]!.width, readOf(rows)]);
  const shapes = sharedShapes(exact, ([R, W, N]) => R * W + N);
  let next = 0;
  return parts.map((runs) => runs.map((rows) => ({ rows: rows.map((row) => row.items), shape: shapes[next++]! })));
}

/** A graph keeps the memory it once needed: 370 MB for 2,000 tokens of a model of 3.5 million parameters. */
const mostShapes = 4;

/**
 * Shapes for batches whose sizes are all known: at most four different ones, put together so that little is padding,
 * each as small as its batches allow.
 * @param tokens what a batch of a shape costs.
 */
export function sharedShapes<S extends readonly number[]>(exact: readonly S[], tokens: (shape: S) => number): S[] {
  const merged = (a: S, b: S) => a.map((size, i) => Math.max(size, b[i]!)) as unknown as S;
  // Batches of about the same sizes (to a factor of √2) share from the start: it is what keeps the search small.
  const about = (shape: S) => shape.map((size) => Math.ceil(2 * Math.log2(size))).join();
  let groups = [...Map.groupBy(exact.keys(), (i) => about(exact[i]!)).values()].map((members) => ({
    members,
    shape: members.map((i) => exact[i]!).reduce(merged),
  }));
  while (groups.length > mostShapes) {
    let least = Number.POSITIVE_INFINITY;
    let pair: [number, number] = [0, 1];
    for (const [i, a] of groups.entries()) {
      for (const [j, b] of groups.entries()) {
        if (j <= i) continue;
        const both = tokens(merged(a.shape, b.shape));
        const more = (group: typeof a) => group.members.length * (both - tokens(group.shape));
        if (more(a) + more(b) < least) [least, pair] = [more(a) + more(b), [i, j]];
      }
    }
    const [a, b] = pair.map((i) => groups[i]!) as [(typeof groups)[0], (typeof groups)[0]];
    const both = { members: [...a.members, ...b.members], shape: merged(a.shape, b.shape) };
    groups = [...groups.filter((group) => group !== a && group !== b), both];
  }
  const shapes: S[] = [];
  for (const { members, shape } of groups) for (const i of members) shapes[i] = shape;
  return shapes;
}
