// The plan of a run: what makes a step, which of a step's is computed together, and the few shapes of batch that all of it
// gets by with. It depends on the data and the seed only, so a resumed run has the same.
import { Random } from "../random.ts";
import {
  type Pack,
  type PackedBatch,
  type PackedShape,
  packedTokens,
  placed,
  placedIn,
  type Texts,
  widthsFor,
} from "./packed.ts";
import { batchRows, fillRows, type RowsShape, readOf, rowWidths, sizeOf, type Text } from "./rows.ts";

/** Packs that are computed together, and the shape of their graph. */
export interface Run {
  batch: PackedBatch;
  shape: PackedShape;
}

/** How many packs behind the next one may take the room it leaves. */
const lookAhead = 128;
/** How many packs the shape is chosen by. */
const tried = 200;

/**
 * The steps of training, each of about `rows` answers. All packs come in random order once an epoch. A step is filled up to
 * one shape that all share: where the next pack does not fit, one of those behind it takes its room. So steps hold about
 * equally many tokens rather than equally many answers, and little is computed for nothing; packs that are larger than the
 * shape are steps of their own. A step of more than `tokens` tokens takes several runs; what it holds does not depend on that.
 */
export function planSteps(
  packs: readonly Pack[],
  { rows, tokens, epochs, seed }: { rows: number; tokens: number; epochs: number; seed: number },
): Run[][] {
  const orders = Array.from({ length: epochs }, (_, epoch) =>
    new Random(seed + epoch).sample([...packs.keys()], packs.length),
  );
  const some = orders[0]!.slice(0, tried);
  const answers = packs.reduce((sum, pack) => sum + pack.answers.length, 0);
  const wanted = (rows * packs.reduce((sum, pack) => sum + tokensOf(pack), 0)) / answers;
  const shape = shapeFor(packs, some, wanted);
  const steps = orders.flatMap((order) => fill(packs, order, shape));
  const parts = Math.ceil(sizeOfRows(shape) / tokens);
  const part = parts === 1 ? shape : shapeFor(packs, some, sizeOfRows(shape) / parts, tokens);
  const widths = widthsFor(packs);
  const runs = steps.map((members) =>
    fill(packs, members, part).map((own) => placedAs(packs, own, part) ?? placed(packs, own, widths)),
  );
  const shapes = sharedShapes(
    runs.flat().map((batch) => batch.shape),
    packedTokens,
  );
  let next = 0;
  return runs.map((step) => step.map((batch) => ({ batch, shape: shapes[next++]! })));
}

const tokensOf = ({ prompt, answers }: Texts) => answers.reduce((sum, { length }) => sum + length, prompt.length);

/** A batch in rows of a shape's widths, no more rows than it has. */
function placedAs(packs: readonly Texts[], members: readonly number[], [G, P, R, S]: Rows): PackedBatch | undefined {
  const batch = placedIn(packs, members, P, S);
  return batch && batch.shape[0] <= G && batch.shape[2] <= R ? batch : undefined;
}

type Rows = readonly [G: number, P: number, R: number, S: number];

const sizeOfRows = ([G, P, R, S]: Rows) => G * P + R * S;

/** Puts packs together up to a shape, in this order but for what takes the room left; what is too large is alone. */
function fill(packs: readonly Texts[], order: readonly number[], shape: Rows): number[][] {
  const most = sizeOfRows(shape);
  const waiting = [...order];
  const runs: number[][] = [];
  while (waiting.length > 0) {
    const run = waiting.splice(0, 1);
    let left = most - tokensOf(packs[run[0]!]!);
    for (let i = 0; i < Math.min(lookAhead, waiting.length); ) {
      const one = waiting[i]!;
      if (tokensOf(packs[one]!) <= left && placedAs(packs, [...run, one], shape)) {
        run.push(one);
        left -= tokensOf(packs[one]!);
        waiting.splice(i, 1);
      } else i++;
    }
    runs.push(run);
  }
  return runs;
}

/** The shape of about so many tokens, and at most `most`, for which the least is computed in vain, tried on some of the packs. */
function shapeFor(packs: readonly Texts[], some: readonly number[], tokens: number, most = 1.2 * tokens): Rows {
  const widths = widthsFor(packs);
  const sum = (of: (pack: Texts) => number) => packs.reduce((total, pack) => total + of(pack), 0);
  const asked = sum(({ prompt }) => prompt.length) / sum(tokensOf);
  const shapes = widths.prompts.flatMap((P) =>
    widths.answers.flatMap((S) =>
      [0, 1, 2].flatMap((more): Rows[] => {
        const G = Math.max(1, Math.floor((tokens * asked) / P) + more);
        const R = Math.max(1, Math.floor((tokens - G * P) / S));
        return [R, R + 1].map((rows) => [G, P, rows, S]);
      }),
    ),
  );
  const near = shapes.filter((shape) => sizeOfRows(shape) > tokens / 1.2 && sizeOfRows(shape) <= most);
  // Where one text is a large part of a run there may be none.
  const candidates = near.length > 0 ? near : [shapes.reduce((a, b) => (sizeOfRows(b) < sizeOfRows(a) ? b : a))];
  const computed = (shape: Rows) =>
    fill(packs, some, shape)
      .map((own) => (placedAs(packs, own, shape) ? sizeOfRows(shape) : packedTokens(placed(packs, own, widths).shape)))
      .reduce((sum, tokens) => sum + tokens, 0);
  return candidates
    .map((shape) => ({ shape, computed: computed(shape) }))
    .reduce((a, b) => (b.computed < a.computed ? b : a)).shape;
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
