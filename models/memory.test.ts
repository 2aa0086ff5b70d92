// What does not fit into memory is refused before anything of it is allocated, by one sentence.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GptGenerator } from "./gpt/generate.ts";
import { MemoryError, mustFit } from "./memory.ts";
import { trainDpo } from "./train/dpo.ts";
import { jsonl, writeHugeModel } from "./train/models.fixture.ts";
import { trainPpo } from "./train/ppo.ts";
import { trainReward } from "./train/reward.ts";
import { trainSft } from "./train/sft.ts";

let dir: string;
let model: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "rankloop-memory-"));
  model = join(dir, "large");
  await writeHugeModel(model);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** What is thrown, and by how much the process grew. */
async function refused(run: () => Promise<unknown>): Promise<string> {
  const before = process.memoryUsage().rss;
  const error = await run().then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(MemoryError);
  expect(process.memoryUsage().rss - before).toBeLessThan(1e9);
  return (error as Error).message;
}

test("answers of a model that does not fit are refused by a sentence", async () => {
  expect(await refused(() => GptGenerator.load(model))).toMatch(
    /^Answering with .+large takes about \d+\.\d GB of memory, and \d+\.\d GB are free: close other programs, or take a smaller model\.$/,
  );
});

test.each(["sft", "reward", "dpo", "ppo"] as const)(
  "%s on a model that does not fit is refused by a sentence",
  async (kind) => {
    const data = join(dir, `${kind}.jsonl`);
    const lines = ["one", "two"].map((prompt) => ({ prompt, completion: "Yes.", chosen: "Yes.", rejected: "No." }));
    writeFileSync(data, jsonl(lines));
    const out = join(dir, `${kind}-out`);
    const given = { model, out, checkpoints: join(dir, `${kind}-checkpoint`) };
    const scorer = { name: "none", score: (items: readonly object[]) => items.map(() => 0) };
    const runs = {
      sft: () => trainSft({ ...given, data, validFraction: 0 }),
      reward: () => trainReward({ ...given, data, validFraction: 0 }),
      dpo: () => trainDpo({ ...given, data, validFraction: 0 }),
      ppo: () => trainPpo({ ...given, prompts: data, validFraction: 0, reward: scorer }),
    };
    expect(await refused(() => runs[kind]().next())).toMatch(
      /^Training .+large takes about \d+\.\d GB of memory, and \d+\.\d GB are free: close other programs, or take a smaller model\.$/,
    );
    await expect(stat(out)).rejects.toThrow();
  },
);

test("what fits is not refused", () => {
  expect(() => mustFit("Training", 3e9, 3e9)).not.toThrow();
  expect(() => mustFit("Training m", 3.21e9, 3.2e9)).toThrow(
    "Training m takes about 3.2 GB of memory, and 3.2 GB are free: close other programs, or take a smaller model.",
  );
});
