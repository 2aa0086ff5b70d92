// One token from a distribution: greedy, or by temperature, top-k and top-p (nucleus, Holtzman et al. 2020).
// Runs for every answer and step, so nothing is sorted but a handful of tokens at the edge of what is kept.

export interface SamplingSettings {
  /** 0 takes the likeliest token; above, logits are divided by it. */
  temperature: number;
  /** Sample from the fewest tokens, likeliest first, that together have this probability. 1 = from all. */
  topP: number;
  /** Sample from this many tokens at most, likeliest first. Absent = from all. */
  topK?: number | undefined;
}

/** A model whose output is no distribution (NaN or infinite weights). */
export class SamplingError extends Error {
  override name = "SamplingError";
  constructor() {
    super("The model's output is not finite: its weights are damaged.");
  }
}

/** Index of the largest logit; among equals the lowest. @throws SamplingError */
export function likeliest(logits: Float32Array): number {
  let best = -1;
  let largest = Number.NEGATIVE_INFINITY;
  for (let id = 0; id < logits.length; id++) {
    const x = logits[id]!;
    if (x > largest) {
      largest = x;
      best = id;
    }
  }
  if (best < 0 || largest === Number.POSITIVE_INFINITY) throw new SamplingError();
  return best;
}

/**
 * The token at u (uniform in [0, 1)) of the distribution cut by top-k and then top-p: kept tokens lie side by side in
 * the order of their ids, each as wide as its probability. Top-p counts of what top-k left.
 * sample([0.1, 0.6, 0.3], 0.5, {topP: 0.9}) → 1: tokens 1 and 2 are kept, 0.5 · 0.9 < 0.6.
 * @param probabilities of every token, at the settings' temperature; their sum is at most 1, but for rounding.
 * @throws SamplingError
 */
export function sample(
  probabilities: Float32Array,
  u: number,
  { topP, topK = Number.POSITIVE_INFINITY }: Omit<SamplingSettings, "temperature">,
): number {
  if (topP === 1 && topK >= probabilities.length) return sampleAll(probabilities, u);
  // A token that top-p keeps has less than p before it, so it and those after it have more than 1 − p together, and it
  // is the largest of them: above their mean. Most tokens are not. (Of what top-k leaves, this says nothing.)
  const least = topK < probabilities.length ? 0 : (0.5 * (1 - topP)) / probabilities.length;
  let [mass, count] = collect(probabilities, least);
  // A model may know more tokens than its tokenizer: then their sum can be small, and "above the mean" is too strict.
  if (mass < 0.5) [mass, count] = collect(probabilities, 0);
  // NaN fails every comparison.
  if (!(mass > 0 && mass < 1.01)) throw new SamplingError();
  [mass, count] = keep(probabilities, count, topP, topK, mass);
  let left = u * mass;
  for (let i = 0; i < count; i++) {
    left -= probabilities[candidates[i]!]!;
    if (left < 0) return candidates[i]!;
  }
  // Rounding may leave a hair of u behind the last token.
  return candidates[count - 1]!;
}

/** `sample` where nothing is cut: half the tokens are never looked at. */
function sampleAll(probabilities: Float32Array, u: number): number {
  let left = u;
  for (let id = 0; id < probabilities.length; id++) {
    left -= probabilities[id]!;
    if (left < 0) return id;
  }
  // Their sum is a hair below 1, or well below it where the tokenizer does not know all tokens: u lies behind it, and
  // where it lies there is as good a number from [0, 1).
  const mass = u - left;
  if (!(mass > 0)) throw new SamplingError();
  left *= mass / (1 - mass);
  let last = 0;
  for (let id = 0; id < probabilities.length && left >= 0; id++) {
    if (probabilities[id]! > 0) last = id;
    left -= probabilities[id]!;
  }
  return last;
}

/** Ids that may be sampled, ascending. Kept from call to call: it is written anew by each. */
let candidates = new Int32Array(0);

/** Make the tokens above `least` the candidates. @returns the sum of all probabilities, and how many candidates there are. */
function collect(probabilities: Float32Array, least: number): [mass: number, count: number] {
  if (probabilities.length > candidates.length) candidates = new Int32Array(probabilities.length);
  let mass = 0;
  let count = 0;
  for (let id = 0; id < probabilities.length; id++) {
    const p = probabilities[id]!;
    mass += p;
    if (p > least) candidates[count++] = id;
  }
  return [mass, count];
}

// Positive floats order as their bits do. The upper 12 (exponent and 3 of the mantissa) put probabilities of about the
// same size in one bucket; 1.0 is in the highest.
const shift = 20;
const buckets = (0x3f800000 >>> shift) + 1;
const counts = new Int32Array(buckets);
const masses = new Float64Array(buckets);
// A softmax of one token may round to a hair above 1.
const bucketOf = (bits: number) => Math.min(bits >>> shift, buckets - 1);

/** Cut the `count` candidates to those of top-k and then top-p. @returns their mass and count. */
function keep(
  probabilities: Float32Array,
  count: number,
  topP: number,
  topK: number,
  total: number,
): [mass: number, count: number] {
  const bits = new Uint32Array(probabilities.buffer, probabilities.byteOffset, probabilities.length);
  counts.fill(0);
  masses.fill(0);
  for (let i = 0; i < count; i++) {
    const id = candidates[i]!;
    const bucket = bucketOf(bits[id]!);
    counts[bucket]!++;
    masses[bucket]! += probabilities[id]!;
  }
  const firstK =
    topK < probabilities.length ? edge(probabilities, bits, count, topK, Number.POSITIVE_INFINITY) : undefined;
  const cut = topP < 1 ? edge(probabilities, bits, count, topK, topP * (firstK?.mass ?? total)) : undefined;
  const kept = cut ?? firstK;
  if (!kept) return [total, count];
  let left = 0;
  for (let i = 0; i < count; i++) {
    const id = candidates[i]!;
    const p = probabilities[id]!;
    if (p > kept.least || (p === kept.least && id <= kept.leastId)) candidates[left++] = id;
  }
  return [kept.mass, left];
}

/** Tokens more likely than `least` are kept, and those exactly as likely up to `leastId`; `mass` is their sum. */
interface Kept {
  mass: number;
  least: number;
  leastId: number;
}

/** Goes from the likeliest down until `enough` tokens or probability `mass` are kept; undefined where all are too few. */
function edge(
  probabilities: Float32Array,
  bits: Uint32Array,
  count: number,
  enough: number,
  mass: number,
): Kept | undefined {
  let sum = 0;
  let number = 0;
  let bucket = buckets - 1;
  for (; bucket > 0 && number + counts[bucket]! < enough && sum + masses[bucket]! < mass; bucket--) {
    number += counts[bucket]!;
    sum += masses[bucket]!;
  }
  const inBucket: number[] = [];
  for (let i = 0; i < count; i++) {
    const id = candidates[i]!;
    if (bucketOf(bits[id]!) === bucket) inBucket.push(id);
  }
  inBucket.sort((a, b) => probabilities[b]! - probabilities[a]! || a - b);
  for (const id of inBucket) {
    sum += probabilities[id]!;
    number++;
    if (number >= enough || sum >= mass) return { mass: sum, least: probabilities[id]!, leastId: id };
  }
  return undefined;
}
