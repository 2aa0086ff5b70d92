// The pace of streaming, with a real GPT of random weights.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as letOthersRun } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { GptGenerator } from "../../models/gpt/generate.ts";
import { streamAnswers } from "./answers.ts";
import { Halt } from "./loop.ts";
import { writeTinyModel } from "./tiny-model.fixture.ts";

let directory: string;
let generator: GptGenerator;
// The clock stands still but where a test sets it: how fast this machine is says nothing.
beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "rankloop-answers-"));
  await writeTinyModel(directory);
  generator = await GptGenerator.load(directory);
});
afterAll(async () => {
  await generator.dispose();
  await rm(directory, { recursive: true, force: true });
});

const options = { prompt: "What do otters eat?", temperature: 0, topP: 1, maxTokens: 80, seeds: [1] };
const kept = { lost: false, cancelRequested: false };

/** Streams until `halt` is called; gives the tokens of each write. */
async function stream(onWrite: (halt: () => void) => void): Promise<number[]> {
  const halting = new AbortController();
  const context = { claim: { id: "job", workerId: "w" }, signal: halting.signal, stopIfAsked: () => {} };
  const written: number[] = [];
  await streamAnswers(generator, options, context, async ([answer]) => {
    written.push(answer?.tokens ?? 0);
    onWrite(() => halting.abort(new Halt("cancelled")));
    return kept;
  }).catch((reason: unknown) => expect(reason).toBeInstanceOf(Halt));
  return written;
}

test("the first token is written at once, then what came in 60 ms, then the whole answer", async () => {
  const evenly = await stream(() => vi.advanceTimersByTime(60));
  expect(evenly).toEqual(Array.from({ length: 80 }, (_, token) => token + 1));
  // All at one moment, as far as the clock says.
  expect(await stream(() => {})).toEqual([1, 80]);
});

test("two that ask the same model at once each get what they would get alone", async () => {
  const texts = async (prompt: string, temperature: number) => {
    const last: string[] = [];
    const context = {
      claim: { id: "job", workerId: "w" },
      signal: new AbortController().signal,
      stopIfAsked: () => {},
    };
    const asked = { ...options, prompt, temperature, seeds: [1, 2] };
    await streamAnswers(generator, asked, context, async (changed) => {
      for (const { index, text } of changed) last[index] = text;
      return kept;
    });
    return last;
  };
  const alone = [await texts("What do otters eat?", 1), await texts("Where do they live by the river?", 0.5)];
  expect(await Promise.all([texts("What do otters eat?", 1), texts("Where do they live by the river?", 0.5)])).toEqual(
    alone,
  );
});

test("what came since the last write is written when it is halted", async () => {
  let halted = false;
  const written = await stream((halt) => {
    if (halted) return;
    halted = true;
    void (async () => {
      for (let steps = 0; steps < 5; steps++) await letOthersRun();
      halt();
    })();
  });
  expect(written).toHaveLength(2);
  expect(written[1]).toBeGreaterThan(1);
  expect(written[1]).toBeLessThan(20);
});
