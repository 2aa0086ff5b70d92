import { describe, expect, it } from "vitest";
import { metricText, rewardAccuracy } from "./metrics.ts";

describe("a reward model's accuracy in words", () => {
  it("comes with its interval and the baseline it has to beat", () => {
    const words = rewardAccuracy({
      "eval/accuracy": 0.7241,
      "eval/accuracy_low": 0.68,
      "eval/accuracy_high": 0.7649,
      "eval/longer_wins": 0.581,
    });
    expect(words).toMatchObject({ share: "72.4 %", interval: "68.0 % to 76.5 %", longerWins: "58.1 %" });
  });

  it("is not claimed where nothing was held out", () => {
    expect(rewardAccuracy({ loss: 0.6 })).toBeNull();
    expect(rewardAccuracy({ "eval/accuracy": Number.NaN })).toBeNull();
  });
});

it("writes shares as percentages and counts whole", () => {
  expect(metricText("eval/accuracy", 0.5)).toBe("50.0 %");
  expect(metricText("eval/pairs", 1234)).toBe("1,234");
  expect(metricText("eval/loss", Math.LN2)).toBe("0.6931");
});
