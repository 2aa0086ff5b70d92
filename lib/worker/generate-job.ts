// A generate job: writes the candidates of one comparison as their tokens come. Finished ones of an earlier try stay. Those
// that have become the same text are then drawn again.
import type { Database } from "../../db/client.ts";
import {
  drawEqualAgain,
  type GenerationTask,
  generationTask,
  type WrittenAnswer,
  writeAnswers,
} from "../../db/queries/candidates.ts";
import { ServerError } from "../../models/address/connection.ts";
import type { AnswerDelta } from "../../models/gpt/generate.ts";
import { Generators, hopeless, streamAnswers } from "./answers.ts";
import { PermanentError, type RunJob, sentenceOf } from "./loop.ts";

type Candidate = GenerationTask["candidates"][number];

export function generateJob(db: Database, generators = new Generators(db)): RunJob {
  return async (job, context) => {
    const comparisonId = job.subjectId;
    const task = await generationTask(db, comparisonId);
    if (!task) return undefined;
    const failures: unknown[] = [];
    const write = async (group: Candidate[]) => {
      const { model, temperature, topP, maxTokens } = group[0]!;
      const seeds = group.map((candidate) => candidate.seed);
      const options = { prompt: task.prompt, temperature, topP, maxTokens, seeds };
      const told = new Set<number>();
      try {
        await generators.use(model, (generator) =>
          streamAnswers(generator, options, context, (changed) => {
            for (const { index, finish, failure } of changed) if (finish || failure?.isFinal) told.add(index);
            const answers = changed.map((delta) => writtenAnswer(group[delta.index]!.id, delta));
            return writeAnswers(db, context.claim, comparisonId, answers);
          }),
        );
      } catch (error) {
        context.signal.throwIfAborted();
        // Each answer of a server's that failed says so itself.
        if (error instanceof ServerError && told.size === group.length) return;
        failures.push(error);
        // Those of a model here are told why, before another model's failure is told of all that are missing.
        if (!isHopeless(error)) return;
        const failure = { sentence: sentenceOf(error), isFinal: true };
        const failed = group.filter((_, index) => !told.has(index));
        const answers = failed.map(({ id }) => ({ id, text: "", tokens: 0, finish: null, failure }));
        context.stopIfAsked(await writeAnswers(db, context.claim, comparisonId, answers));
      }
    };
    // Servers answer side by side; of the models here two may not fit into memory. The one that is loaded goes first.
    const writeAll = async (candidates: Candidate[]) => {
      const [elsewhere, here] = [true, false].map((at) =>
        groups(candidates).filter(([first]) => (first?.model.address !== null) === at),
      ) as [Candidate[][], Candidate[][]];
      here.sort((one, other) => Number(generators.keeps(other[0]!.model)) - Number(generators.keeps(one[0]!.model)));
      const oneByOne = async () => {
        for (const group of here) await write(group);
      };
      await Promise.all([...elsewhere.map(write), oneByOne()]);
    };
    // Where one is written anew, those that were there stay.
    const anew = job.kind === "generate" ? job.payload.only : undefined;
    const only = anew === undefined ? undefined : new Set([anew, ...task.candidates.map(({ id }) => id)]);
    for (let { candidates } = task; ; ) {
      await writeAll(candidates);
      const outcome = await drawEqualAgain(db, context.claim, { comparisonId, only });
      context.stopIfAsked(outcome);
      context.signal.throwIfAborted();
      if (outcome.again.length === 0) break;
      const waiting = (await generationTask(db, comparisonId))?.candidates ?? [];
      candidates = waiting.filter(({ id }) => outcome.again.includes(id));
    }
    // One model that fails does not take the answers of the others along; the job is tried again for what is missing.
    const passing = failures.find((error) => !isHopeless(error));
    if (passing ?? failures[0]) throw PermanentError.of(passing ?? failures[0], hopeless);
    return undefined;
  };
}

const isHopeless = (error: unknown): boolean => hopeless.some((one) => error instanceof one);

function writtenAnswer(id: string, { text, tokens, finish, failure, origin }: AnswerDelta): WrittenAnswer {
  if (!origin) return { id, text, tokens, finish, failure };
  const { model: serverModel, sent, ...rest } = origin;
  return { id, text, tokens, finish, failure, call: { ...rest, serverModel, sent: JSON.stringify(sent) } };
}

/** Candidates that are decoded as one batch: same model, same settings. Those of one model stand side by side. */
function groups(candidates: Candidate[]): Candidate[][] {
  const byModel = Map.groupBy(candidates, ({ model }) => model.id);
  return [...byModel.values()].flatMap((ofModel) => [
    ...Map.groupBy(ofModel, ({ temperature, topP, maxTokens }) =>
      JSON.stringify([temperature, topP, maxTokens]),
    ).values(),
  ]);
}
