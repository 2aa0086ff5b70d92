// rankloop generate: K answers to one prompt, on stdout.
import { type Command, Option } from "commander";
import type { AnswerOrigin, Generator } from "../../models/gpt/generate.ts";
import type { WeightBits } from "../../models/gpt/weight-bits.ts";
import { practiceModel } from "../../models/train/base-sizes.ts";
import { note, Progress, result } from "../output.ts";
import { limits } from "../vocabulary/limits.ts";
import { type AddressOptions, addressOf, fields, withAddress } from "./address.ts";
import { interruptSignal } from "./failure.ts";
import { InputError, number, path, shippedModel, whole } from "./input.ts";

interface Options extends AddressOptions {
  model?: string;
  k: number;
  temperature: number;
  topP: number;
  topK?: number;
  maxTokens: number;
  bits: "32" | "8" | "4";
  completion?: true;
  extra?: Record<string, unknown>;
  seed?: number;
  json?: boolean;
}

export function addGenerate(program: Command): void {
  const { k, temperature, topP, maxTokens } = limits;
  withAddress(program.command("generate"))
    .description("Answer a prompt K times.")
    .argument("<prompt>", "the prompt's text")
    .option("--model <dir>", "model directory (default: the practice model), or the name a server has for one")
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
      // Measured by models/bench/bits.ts on world-6m; the screen Models measures others.
      new Option("--bits <number>", "bits of a weight in memory: 8 costs some 0.0005 nats a token, 4 some 0.03")
        .choices(["32", "8", "4"])
        .default("32"),
    )
    .option("--seed <number>", "repeats the same answers; random where absent", whole("The seed", 0, 0xffffffff))
    .option("--completion", "ask the server for a plain completion instead of a chat")
    .option("--extra <json>", "further fields of each request to the server; null leaves one out", fields)
    .option("--json", "one JSON object on stdout")
    .action(generate);
}

async function generate(prompt: string, options: Options): Promise<void> {
  if (prompt.trim() === "") throw new InputError("The prompt is empty: write something first.");
  if (prompt.length > limits.promptCharacters) {
    throw new InputError(`The prompt is too long: at most ${limits.promptCharacters.toLocaleString("en")} characters.`);
  }
  const { k, temperature, topP, topK, maxTokens } = options;
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 32);
  const signal = interruptSignal();
  const { model, generator } = await asked(options);
  const progress = new Progress();
  const answers = Array.from({ length: k }, (_, index) => ({
    text: "",
    tokens: 0,
    finish: null as string | null,
    origin: undefined as AnswerOrigin | undefined,
    seed: (seed + index) % 2 ** 32,
  }));
  const seeds = answers.map((answer) => answer.seed);
  let failure: unknown;
  try {
    for await (const deltas of generator.generate({ prompt, temperature, topP, topK, maxTokens, seeds, signal })) {
      for (const { index, ...delta } of deltas) Object.assign(answers[index]!, delta);
      signal.throwIfAborted();
      progress.show(`${answers.reduce((sum, answer) => sum + answer.tokens, 0)} tokens`);
    }
  } catch (error) {
    signal.throwIfAborted();
    // A server may fail at one answer: the others are there.
    if (!answers.some(({ finish }) => finish !== null)) throw error;
    failure = error;
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
  if (failure !== undefined) throw failure;
}

/** The model in a directory, or the one at an address. */
async function asked(options: Options): Promise<{ model: string; generator: Generator }> {
  const server = addressOf(options);
  if (!server) {
    if (options.completion || options.extra)
      throw new InputError("--completion and --extra are for a server: name one with --address.");
    const { GptGenerator } = await import("../../models/gpt/generate.ts");
    const model = options.model === undefined ? shippedModel(practiceModel.name) : path(options.model);
    return { model, generator: await GptGenerator.load(model, { bits: Number(options.bits) as WeightBits }) };
  }
  const { model, extra = {} } = options;
  if (model === undefined) throw new InputError("Name the server's model with --model.");
  if (options.bits !== "32") throw new InputError("A server keeps its own weights: leave out --bits.");
  const { AddressGenerator } = await import("../../models/address/generator.ts");
  const asks = options.completion ? "completion" : "chat";
  return { model, generator: new AddressGenerator({ ...server, model, asks, extra }) };
}
