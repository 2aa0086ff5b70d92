// rankloop generate: K answers to one prompt, on stdout.
import { type Command, Option } from "commander";
import type { WeightBits } from "../../models/gpt/weight-bits.ts";
import { practiceModel } from "../../models/train/base-sizes.ts";
import { note, Progress, result } from "../output.ts";
import { limits } from "../vocabulary/limits.ts";
import { interruptSignal } from "./failure.ts";
import { InputError, number, path, shippedModel, whole } from "./input.ts";

interface Options {
  model?: string;
  k: number;
  temperature: number;
  topP: number;
  topK?: number;
  maxTokens: number;
  bits: "32" | "8" | "4";
  seed?: number;
  json?: boolean;
}

export function addGenerate(program: Command): void {
  const { k, temperature, topP, maxTokens } = limits;
  program
    .command("generate")
    .description("Answer a prompt K times.")
    .argument("<prompt>", "the prompt's text")
    .option("--model <dir>", "model directory (default: the practice model)", path)
    .option("-k <number>", "answers", whole("K", 1, k.max), k.default)
    .option(
      "--temperature <number>",
      "0 = always the likeliest token",
      number("The temperature", temperature.min, temperature.max),
      temperature.default,
    )
    .option("--top-p <share>", "least probability mass sampled from", number("Top-p", topP.min, topP.max), topP.default)
    .option("--top-k <number>", "tokens sampled from, at most", whole("Top-k", 1))
    .option(
      "--max-tokens <number>",
      "longest answer",
      whole("The longest answer", maxTokens.min, maxTokens.max),
      maxTokens.default,
    )
    .addOption(
      // Measured by models/bench/bits.ts on world-6m.
      new Option("--bits <number>", "bits of a weight in memory: 8 costs some 0.0005 nats a token, 4 some 0.03")
        .choices(["32", "8", "4"])
        .default("32"),
    )
    .option("--seed <number>", "repeats the same answers; random where absent", whole("The seed", 0, 0xffffffff))
    .option("--json", "one JSON object on stdout")
    .action(generate);
}

async function generate(prompt: string, options: Options): Promise<void> {
  if (prompt.trim() === "") throw new InputError("The prompt is empty: write something first.");
  if (prompt.length > limits.promptCharacters) {
    throw new InputError(`The prompt is too long: at most ${limits.promptCharacters.toLocaleString("en")} characters.`);
  }
  const { model = shippedModel(practiceModel.name), k, temperature, topP, topK, maxTokens } = options;
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 32);
  const signal = interruptSignal();
  const { GptGenerator } = await import("../../models/gpt/generate.ts");
  const generator = await GptGenerator.load(model, { bits: Number(options.bits) as WeightBits });
  const progress = new Progress();
  const answers = Array.from({ length: k }, (_, index) => ({
    text: "",
    tokens: 0,
    finish: null as string | null,
    seed: (seed + index) % 2 ** 32,
  }));
  const seeds = answers.map((answer) => answer.seed);
  for await (const deltas of generator.generate({ prompt, temperature, topP, topK, maxTokens, seeds, signal })) {
    for (const { index, text, tokens, finish } of deltas) Object.assign(answers[index]!, { text, tokens, finish });
    signal.throwIfAborted();
    progress.show(`${answers.reduce((sum, answer) => sum + answer.tokens, 0)} tokens`);
  }
  progress.end();
  await generator.dispose();
  const cut = answers.filter(({ finish }) => finish === "length").length;
  if (cut > k / 2) note(`${cut} of ${k} answers reached the longest length and were cut: raise --max-tokens.`);
  const settings = { temperature, topP, topK, maxTokens, seed };
  result(options.json, { prompt, model, settings, answers }, () =>
    answers
      .map((answer, index) => `── ${index + 1} · seed ${answer.seed} · ${answer.tokens} tokens\n${answer.text}`)
      .join("\n\n"),
  );
}
