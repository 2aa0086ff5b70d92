import { expect, test } from "vitest";
import { gpt2 } from "../gpt/families/gpt2.ts";
import { baseSizes } from "../train/base-sizes.ts";
import { type Card, cardText } from "./card.ts";

const interval = (value: number) => ({ value, low: value - 0.01, high: value + 0.01 });
const scores = (plain: number, fewShot: number) => ({ plain: interval(plain), fewShot: interval(fewShot) });
const card: Card = {
  size: "small",
  model: {
    config: gpt2({ vocabSize: 1024, nCtx: 512, nEmbd: 80, nLayer: 4, nHead: 4, eosTokenId: 1023 }),
    parameters: 434_400,
  },
  bytes: 874_000,
  took: "40 minutes on one core",
  commit: "1234567",
  runs: ["--size small --tokens 9 --out a", "--size small --model a --out b"],
  loss: 0.98765,
  prompts: 1000,
  all: scores(0.4, 0.5),
  useCases: [{ useCase: "chat", prompts: 84, ...scores(0.3, 0.35) }],
  ended: 0.987,
  samples: [{ prompt: { useCase: "chat", text: "Hello!" }, answers: ["Hello.\nHow are you?", "Dear # friend"] }],
};

test("the card has the model's own figures, with their intervals", () => {
  const text = cardText(card);
  for (const figure of [
    "# world-0.4m",
    "434,400 parameters",
    `${baseSizes.small.tokens.toLocaleString("en")} tokens`,
    "cosine from 0.003",
    "40 minutes on one core",
    "commit 1234567",
    "-- pretrain --size small --tokens 9 --out a\n    npm run -s rankloop -- pretrain --size small --model a --out b\n",
    "0.988 nats",
    "0.9 MB",
    "98.7 % of the answers",
    "| **all** | 1,000 | 0.400 [0.390, 0.410] | 0.500 [0.490, 0.510] |",
    "| chat | 84 | 0.300 [0.290, 0.310] | 0.350 [0.340, 0.360] |",
  ]) {
    expect(text).toContain(figure);
  }
  expect(text).not.toContain("better than");
});

test("another model's figures stand beside it, and samples as they were written", () => {
  const text = cardText({ ...card, against: { name: "old", ...scores(0.2, 0.3), wins: scores(0.625, 0.7) } });
  expect(text).toContain("| old | 1,000 | 0.200 [0.190, 0.210] | 0.300 [0.290, 0.310] |");
  expect(text).toContain("| better than old | 1,000 | 62.5 % [61.5, 63.5] | 70.0 % [69.0, 71.0] |");
  expect(text).toContain("    Hello!\n\n1.\n\n        Hello.\n        How are you?\n\n2.\n\n        Dear # friend");
});
