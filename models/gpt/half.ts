// 16-bit floats ⇄ Float32Array: IEEE binary16 ("F16") and bfloat16 ("BF16"), as bit patterns in a Uint16Array.
// Rounding is to nearest, ties to even, as hardware and PyTorch do.

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** binary16 pattern nearest to x; beyond 65,504 infinity. toHalf(1) → 0x3c00, toHalf(2⁻²⁴) → 0x0001 */
export function toHalf(x: number): number {
  float[0] = x;
  const u = bits[0]!;
  const sign = (u >>> 16) & 0x8000;
  const magnitude = u & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  // 65,520 = 0x477ff000 lies midway between the largest half and 2¹⁶: it and all above round to infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) return sign | (roundedShift(magnitude, 13) - (112 << 10));
  // Below 2⁻¹⁴ a half is a multiple of 2⁻²⁴; below 2⁻²⁵ it is zero.
  const exponent = magnitude >>> 23;
  if (exponent < 102) return sign;
  return sign | roundedShift((magnitude & 0x7fffff) | 0x800000, 126 - exponent);
}

/** value / 2^shift, to nearest, ties to even; a carry into the exponent is the next power of two, as it should be. */
function roundedShift(value: number, shift: number): number {
  const quotient = value >>> shift;
  const rest = value - quotient * 2 ** shift;
  const half = 2 ** (shift - 1);
  return rest > half || (rest === half && quotient & 1) ? quotient + 1 : quotient;
}

/** Patterns of `source`, rounded. */
export function encodeHalf(source: Float32Array): Uint16Array {
  const out = new Uint16Array(source.length);
  for (let i = 0; i < source.length; i++) out[i] = toHalf(source[i]!);
  return out;
}

// One table of all 65,536 values: reading a model is a look-up per number.
let halves: Float32Array | undefined;

function halfTable(): Float32Array {
  const table = new Float32Array(65_536);
  for (let h = 0; h < 65_536; h++) {
    const exponent = (h >>> 10) & 31;
    const mantissa = h & 1023;
    const magnitude =
      exponent === 31
        ? mantissa
          ? Number.NaN
          : Number.POSITIVE_INFINITY
        : exponent === 0
          ? mantissa * 2 ** -24
          : (1024 + mantissa) * 2 ** (exponent - 25);
    table[h] = h & 0x8000 ? -magnitude : magnitude;
  }
  return table;
}

/** Values of binary16 patterns. Exact. */
export function decodeHalf(source: Uint16Array): Float32Array {
  halves ??= halfTable();
  const out = new Float32Array(source.length);
  for (let i = 0; i < source.length; i++) out[i] = halves[source[i]!]!;
  return out;
}

/** Values of bfloat16 patterns: the upper half of a float32. Exact. */
export function decodeBfloat(source: Uint16Array): Float32Array {
  const out = new Uint32Array(source.length);
  for (let i = 0; i < source.length; i++) out[i] = source[i]! << 16;
  return new Float32Array(out.buffer);
}
