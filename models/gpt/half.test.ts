import { expect, test } from "vitest";
import { decodeBfloat, decodeHalf, encodeHalf, toHalf } from "./half.ts";

const f32 = (pattern: number) => new Float32Array(new Uint32Array([pattern]).buffer)[0]!;

test("every half survives the way there and back", () => {
  const all = Uint16Array.from({ length: 65_536 }, (_, i) => i);
  const back = encodeHalf(decodeHalf(all));
  const isNan = (h: number) => (h & 0x7fff) > 0x7c00;
  for (let h = 0; h < 65_536; h++) {
    if (isNan(h)) expect(isNan(back[h]!)).toBe(true);
    else if (back[h] !== h) expect.fail(`0x${h.toString(16)} came back as 0x${back[h]!.toString(16)}`);
  }
});

test("values midway between two halves go to the even one, and a hair beside it to the near one", () => {
  const values = decodeHalf(Uint16Array.from({ length: 0x7c00 }, (_, i) => i));
  for (let h = 0; h + 1 < 0x7c00; h++) {
    const middle = (values[h]! + values[h + 1]!) / 2; // exact: a half has 11 bits, a float32 24
    const even = h & 1 ? h + 1 : h;
    const pattern = new Uint32Array(Float32Array.of(middle).buffer)[0]!;
    const got = [middle, -middle, f32(pattern - 1), f32(pattern + 1)].map(toHalf);
    const want = [even, even | 0x8000, h, h + 1];
    if (got.join() !== want.join()) expect.fail(`around ${middle}: ${got} instead of ${want}`);
  }
});

test("named values", () => {
  const cases: [number, number][] = [
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65_504, 0x7bff],
    [65_519.996, 0x7bff],
    [65_520, 0x7c00],
    [-1e30, 0xfc00],
    [Number.POSITIVE_INFINITY, 0x7c00],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000], // midway between 0 and the smallest half: even is 0
    [2 ** -25 * 1.0001, 0x0001],
    [f32(1), 0x0000],
    [Number.NaN, 0x7e00],
  ];
  for (const [x, pattern] of cases) expect(toHalf(x), `${x}`).toBe(pattern);
});

test("bfloat16 is the upper half of a float32", () => {
  expect([...decodeBfloat(Uint16Array.of(0x3f80, 0xc040, 0x7f80, 0x0001))]).toEqual([
    1,
    -3,
    Number.POSITIVE_INFINITY,
    f32(0x10000),
  ]);
});
