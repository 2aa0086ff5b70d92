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
 * @param probabilities of every token, at the settings' temperature; their sum is about 1.
 * @throws SamplingError
 */
export function sample(probabilities: Float32Array, u: number, { topP, topK }: Omit<SamplingSettings, "temperature">) {
  let mass = 0;
  for (let id = 0; id < probabilities.length; id++) mass += probabilities[id]!;
  // NaN fails every comparison.
  if (!(mass > 0 && mass < Number.POSITIVE_INFINITY)) throw new SamplingError();
  let least = 0;
  let leastId = probabilities.length;
  if (topP < 1 || (topK !== undefined && topK < probabilities.length)) {
    ({ mass, least, leastId } = keep(probabilities, topP, topK ?? probabilities.length, mass));
  }
  let left = u * mass;
  let last = 0;
  for (let id = 0; id < probabilities.length; id++) {
    const p = probabilities[id]!;
    if (p < least || (p === least && id > leastId) || p === 0) continue;
    left -= p;
    last = id;
    if (left < 0) break;
  }
  // Rounding may leave a hair of u behind the last token.
  return last;
}

/** Tokens more likely than `least` are kept, and those exactly as likely up to `leastId`; `mass` is their sum. */
interface Kept {
  mass: number;
  least: number;
  leastId: number;
}

// Positive floats order as their bits do. The upper 12 (exponent and 3 of the mantissa) put probabilities of about the
// same size in one bucket; 1.0 is in the highest.
const shift = 20;
const buckets = (0x3f800000 >>> shift) + 1;
const counts = new Int32Array(buckets);
const masses = new Float64Array(buckets);

function keep(probabilities: Float32Array, topP: number, topK: number, total: number): Kept {
  const bits = new Uint32Array(probabilities.buffer, probabilities.byteOffset, probabilities.length);
  counts.fill(0);
  masses.fill(0);
  for (let id = 0; id < bits.length; id++) {
    // A softmax of one token may round to a hair above 1.
    const bucket = Math.min(bits[id]! >>> shift, buckets - 1);
    counts[bucket]!++;
    masses[bucket]! += probabilities[id]!;
  }
  const firstK = topK < bits.length ? edge(probabilities, bits, topK, Number.POSITIVE_INFINITY) : undefined;
  const kept = topP < 1 ? edge(probabilities, bits, topK, topP * (firstK?.mass ?? total)) : firstK;
  return kept ?? { mass: total, least: 0, leastId: bits.length };
}

/** Goes from the likeliest down until `count` tokens or probability `mass` are kept. */
function edge(probabilities: Float32Array, bits: Uint32Array, count: number, mass: number): Kept {
  let sum = 0;
  let number = 0;
  let bucket = buckets - 1;
  for (; bucket > 0 && number + counts[bucket]! < count && sum + masses[bucket]! < mass; bucket--) {
    number += counts[bucket]!;
    sum += masses[bucket]!;
  }
  const inBucket: number[] = [];
  for (let id = 0; id < bits.length; id++) {
    if (Math.min(bits[id]! >>> shift, buckets - 1) === bucket) inBucket.push(id);
  }
  inBucket.sort((a, b) => probabilities[b]! - probabilities[a]! || a - b);
  let last = 0;
  for (const id of inBucket) {
    sum += probabilities[id]!;
    number++;
    last = id;
    if (number >= count || sum >= mass) break;
  }
  return { mass: sum, least: probabilities[last]!, leastId: last };
}
