// rankloop evaluate reward|policy: how often a reward model agrees with people; what a policy gained, and at what cost.
import type { Command } from "commander";
import { note, percent, result } from "../output.ts";
import { lengthWarning } from "../training/data-report.ts";
import { limits } from "../vocabulary/limits.ts";
import { number, path, whole } from "./input.ts";
import { rewardReport } from "./reward-report.ts";

interface RewardOptions {
  model: string;
  data: string;
  json?: boolean;
}

interface PolicyOptions {
  model: string;
  reference: string;
  prompts: string;
  rewardModel?: string;
  texts?: string;
  answerTokens: number;
  temperature: number;
  seed: number;
  json?: boolean;
}

export function addEvaluate(program: Command): void {
  const group = program.command("evaluate").description("Measure a model.");
  group
    .command("reward")
    .description("Measure a reward model's accuracy on comparisons.")
    .requiredOption("--model <dir>", "reward model", path)
    .requiredOption("--data <file>", 'comparisons, one {"prompt", "chosen", "rejected"} a line', path)
    .option("--json", "one JSON object on stdout")
    .action(evaluateReward);
  const { temperature, maxTokens } = limits;
  group
    .command("policy")
    .description("Measure how far a language model went from the one it began as, and what that brought.")
    .requiredOption("--model <dir>", "the trained language model", path)
    .requiredOption("--reference <dir>", "the one it began as", path)
    .requiredOption("--prompts <file>", 'one {"prompt"} a line, best none that was trained on', path)
    .option("--reward-model <dir>", "scores the answers of both", path)
    .option("--texts <file>", 'one {"text"} a line: the loss of both on plain text', path)
    .option("--answer-tokens <number>", "longest answer", whole("--answer-tokens", 1, maxTokens.max), 64)
    .option("--temperature <number>", "of sampling", number("--temperature", 0.01, temperature.max), 1)
    .option("--seed <number>", "repeats the same answers", whole("--seed", 0, 2 ** 20), 1)
    .option("--json", "one JSON object on stdout")
    .action(evaluatePolicy);
}

async function evaluateReward({ model, data, json }: RewardOptions): Promise<void> {
  const trainer = await import("../../models/train/reward.ts");
  const metrics = await trainer.evaluateReward({ model, data });
  const { howToCallModel } = await import("../../models/gpt/classifier.ts");
  note(await howToCallModel(model));
  result(json, metrics, () => rewardReport(metrics));
}

async function evaluatePolicy({ model: policy, rewardModel: reward, json, ...rest }: PolicyOptions): Promise<void> {
  const evaluation = await import("../../models/train/policy-evaluation.ts");
  const metrics = await evaluation.evaluatePolicy({ policy, reward, ...rest });
  const warning = lengthWarning(metrics["eval/no_end_fraction"], "--answer-tokens");
  if (warning) note(warning);
  result(json, metrics, () => policyReport(metrics));
}

function policyReport(metrics: Record<string, number>): string {
  const figure = (name: string) => (metrics[name] ?? Number.NaN).toFixed(4);
  const lines = [
    `KL ${figure("eval/kl")} ± ${figure("eval/kl_error")} nats an answer, on ${metrics["eval/prompts"]} prompts.`,
  ];
  const wins = metrics["eval/wins"];
  if (wins !== undefined) {
    const rewards = `Mean reward ${figure("eval/reward")}, of the reference ${figure("reference/reward")}`;
    lines.push(`${rewards}: the higher one at ${percent(wins)} of the prompts.`);
  }
  if (metrics["eval/loss"] !== undefined) {
    lines.push(`Loss on the texts ${figure("eval/loss")}, of the reference ${figure("reference/loss")}.`);
  }
  return lines.join("\n");
}
