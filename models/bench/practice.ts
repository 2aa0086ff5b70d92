// Makes the practice model, models/zoo/practice: a shipped base model fine-tuned on the demonstrations of
// world/practice.ts, in rounds of which each has demonstrations of its own, seen once. practice-card.ts measures it.
// node models/bench/practice.ts --out DIR [--threads 2]
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { messagesOf } from "../../lib/vocabulary/conversation.ts";
import { readModel, writeModel } from "../gpt/checkpoint.ts";
import { practiceModel } from "../train/base-sizes.ts";
import { trainSft } from "../train/sft.ts";
import { practiceDemonstrations } from "../world/practice.ts";
import { report } from "./measure.ts";

const { values } = parseArgs({ options: { out: { type: "string" }, threads: { type: "string" } } });
if (!values.out) throw new Error("Name the directory for the model with --out.");
const out = resolve(values.out);
const threads = values.threads === undefined ? {} : { threads: Number(values.threads) };

const folder = await mkdtemp(join(tmpdir(), "practice-"));
try {
  let model = resolve(import.meta.dirname, "..", "zoo", practiceModel.base);
  for (const [round, { demonstrations, learningRate, seed, ...mixture }] of practiceModel.rounds.entries()) {
    const data = join(folder, `${round}.jsonl`);
    const lines = practiceDemonstrations(seed, "train", mixture)
      .take(demonstrations)
      .map(({ prompt, answer }) =>
        JSON.stringify({ prompt: messagesOf(prompt), completion: [{ role: "assistant", content: answer }] }),
      );
    await writeFile(data, [...lines].join("\n"));
    // Every demonstration is new to the model: there is nothing to keep it from learning by heart.
    const training = trainSft({
      data,
      model,
      out: join(folder, `${round}-trained`),
      checkpoints: `${out}.checkpoint-${round}`,
      epochs: 1,
      dropout: 0,
      validFraction: 0.03,
      learningRate,
      seed,
      ...threads,
    });
    let step = await training.next();
    for (; !step.done; step = await training.next()) {
      const { step: at, steps, metrics } = step.value;
      if (at % 10 === 0) console.error(`round ${round + 1}: ${at}/${steps}, loss ${metrics.loss?.toFixed(3)}`);
    }
    const trained = await readModel(step.value.dir);
    const rounded = join(folder, `${round}-rounded`);
    await writeModel(rounded, { ...trained, dtype: "F16", tokenizerFrom: model });
    report(`round ${round + 1}: loss on held-out demonstrations`, step.value.metrics["eval/loss"]!.toFixed(3));
    model = rounded;
  }
  await writeModel(out, { ...(await readModel(model)), dtype: "F16", tokenizerFrom: model });
} finally {
  await rm(folder, { recursive: true });
}
