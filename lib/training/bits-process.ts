// The process that measures what fewer bits cost a model (bits-cost.ts): graphs block the thread that runs them.
import process from "node:process";
import { bitsCost } from "../../models/gpt/bits-cost.ts";
import type { Measured, ToMeasure } from "./bits-cost.ts";

process.once("message", async ({ directory, prompts }: ToMeasure) => {
  const measured = await bitsCost(directory, prompts).then(
    (cost): Measured => ({ cost }),
    (error: unknown): Measured => ({ problem: error instanceof Error ? error.message : String(error) }),
  );
  process.send?.(measured, () => process.exit(0));
});
