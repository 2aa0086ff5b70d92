import { describe, expect, it } from "vitest";
import type { Goal } from "./goals.ts";
import { fieldsOf, readForm } from "./read-form.ts";

/** The form as it stands when it is opened, with some of it changed. */
function form(goal: Goal, changed: Record<string, string> = {}): FormData {
  const data = new FormData();
  for (const field of fieldsOf(goal)) {
    // A tick is off where nothing is said, and is then no part of a form.
    if (field.type !== "boolean") data.set(field.name, String(field.default));
  }
  const begun = { name: "A model", baseModelId: "base", rewardModelId: "judge", texts: "small-world" };
  for (const [name, value] of Object.entries({ ...begun, ...changed })) data.set(name, value);
  return data;
}

describe("the start form", () => {
  it("asks for the trainer's own defaults where nothing is changed", () => {
    expect(readForm("reward", form("reward"))).toEqual({
      training: {
        kind: "reward",
        name: "A model",
        baseModelId: "base",
        settings: {
          learningRate: 1e-4,
          epochs: 1,
          rows: 18,
          ties: "drop",
          likelihood: false,
          seed: 1,
          validFraction: 0.1,
          weightDecay: 0,
          tokens: 2048,
          overlong: "drop",
          patience: 0,
        },
      },
    });
  });

  it("reads numbers, choices and ticks", () => {
    const changed = { epochs: "3", ties: "soft" };
    expect(readForm("dpo", form("dpo", changed))).toMatchObject({
      training: { settings: { epochs: 3, ties: "soft" } },
    });
    const on = readForm("ppo", form("ppo", { whitenRewards: "on" }));
    expect(on).toMatchObject({ training: { settings: { whitenRewards: true } } });
    expect(readForm("ppo", form("ppo"))).toMatchObject({ training: { settings: { whitenRewards: false } } });
  });

  it("mixes texts in for PPO-ptx only", () => {
    expect(readForm("ppo-ptx", form("ppo-ptx"))).toMatchObject({ training: { kind: "ppo", texts: "small-world" } });
    const { training } = readForm("ppo", form("ppo")) as { training: object };
    expect(training).not.toHaveProperty("texts", expect.anything());
    expect(fieldsOf("ppo").map(({ name }) => name)).not.toContain("ptxCoefficient");
    expect(fieldsOf("ppo-ptx").map(({ name }) => name)).toContain("ptxCoefficient");
  });

  it("says which setting is wrong", () => {
    expect(readForm("sft", form("sft", { learningRate: "0" }))).toEqual({
      problem: { field: "learningRate", sentence: expect.stringMatching(/^Learning rate: .+\.$/) },
    });
    expect(readForm("ppo", form("ppo", { minibatch: "7" }))).toEqual({
      problem: { field: "minibatch", sentence: "A batch of 128 episodes is not made of whole minibatches of 7." },
    });
    expect(readForm("sft", form("sft", { epochs: " " }))).toEqual({
      problem: { field: "epochs", sentence: "Epochs is empty: write a number." },
    });
    expect(readForm("reward", form("reward", { name: " " }))).toEqual({
      problem: { field: "name", sentence: "The name of the model is empty: write one." },
    });
  });
});
