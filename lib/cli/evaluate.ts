// rankloop evaluate reward: how often a reward model agrees with people's comparisons.
import type { Command } from "commander";
import { path } from "./input.ts";
import { result } from "./output.ts";
import { rewardReport } from "./reward-report.ts";

interface Options {
  model: string;
  data: string;
  json?: boolean;
}

export function addEvaluate(program: Command): void {
  program
    .command("evaluate")
    .description("Measure a model.")
    .command("reward")
    .description("Measure a reward model's accuracy on comparisons.")
    .requiredOption("--model <dir>", "reward model", path)
    .requiredOption("--data <file>", 'comparisons, one {"prompt", "chosen", "rejected"} a line', path)
    .option("--json", "one JSON object on stdout")
    .action(evaluate);
}

async function evaluate({ model, data, json }: Options): Promise<void> {
  const { evaluateReward } = await import("../../models/train/reward.ts");
  const metrics = await evaluateReward({ model, data });
  result(json, metrics, () => rewardReport(metrics));
}
