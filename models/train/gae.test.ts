import { expect, test } from "vitest";
import { moments } from "../interval.ts";
import { estimate, whiten } from "./gae.ts";

const close = (got: ArrayLike<number>, expected: readonly number[]) => {
  expect(got.length).toBe(expected.length);
  for (const [i, e] of expected.entries()) expect(got[i]).toBeCloseTo(e, 10);
};

test("advantages and returns of three tokens, worked by hand", () => {
  // γ = 0.9, λ = 0.5. δ₂ = 2 − 1 = 1; δ₁ = 0 + 0.9·1 − 0.5 = 0.4; δ₀ = −0.1 + 0.9·0.5 − 0.2 = 0.15.
  // Â₂ = 1; Â₁ = 0.4 + 0.45·1 = 0.85; Â₀ = 0.15 + 0.45·0.85 = 0.5325.
  const { advantages, returns } = estimate([-0.1, 0, 2], [0.2, 0.5, 1], 0.9, 0.5);
  close(advantages, [0.5325, 0.85, 1]);
  close(returns, [0.7325, 1.35, 2]);
});

test("with γ = λ = 1 a return is the sum of the rewards to come, whatever the values", () => {
  close(estimate([1, 2, 3], [7, -4, 0.5], 1, 1).returns, [6, 5, 3]);
});

test("with λ = 0 an advantage is the one-step error", () => {
  close(estimate([1, 2, 3], [7, -4, 0.5], 1, 0).advantages, [1 - 4 - 7, 2 + 0.5 + 4, 3 - 0.5]);
});

test("whitening, worked by hand: population variance over all lists, the mean shifted or kept", () => {
  // 1, 3, 5, 7: mean 4, population variance (9 + 1 + 1 + 9)/4 = 5.
  expect(moments([1, 3, 5, 7])).toEqual({ mean: 4, variance: 5 });
  const s = 1 / Math.sqrt(5 + 1e-8);
  const shifted = [Float64Array.of(1, 3), Float64Array.of(5), Float64Array.of(7)];
  whiten(shifted, "shift");
  close(
    shifted.flatMap((list) => [...list]),
    [-3 * s, -s, s, 3 * s],
  );
  const kept = [Float64Array.of(1, 3, 5, 7)];
  whiten(kept, "keep");
  close(kept[0]!, [4 - 3 * s, 4 - s, 4 + s, 4 + 3 * s]);
});

test("numbers that are all the same have nothing to scale", () => {
  const list = Float64Array.of(2, 2);
  whiten([list], "keep");
  close(list, [2, 2]);
});
