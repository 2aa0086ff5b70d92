// A generate job: writes the candidates of one comparison as their tokens come. Finished ones of an earlier try stay.
import type { Database } from "../../db/client.ts";
import { type GenerationTask, generationTask, type WrittenAnswer, writeAnswers } from "../../db/queries/candidates.ts";
import { ServerError } from "../../models/address/connection.ts";
import type { AnswerDelta } from "../../models/gpt/generate.ts";
import { Generators, hopeless, streamAnswers } from "./answers.ts";
import { PermanentError, type RunJob } from "./loop.ts";

type Candidate = GenerationTask["candidates"][number];

export function generateJob(db: Database, generators = new Generators(db)): RunJob {
  return async (job, context) => {
    const task = await generationTask(db, job.subjectId);
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
            return writeAnswers(db, context.claim, job.subjectId, answers);
          }),
        );
      } catch (error) {
        context.signal.throwIfAborted();
        // Each answer of a server's that failed says so itself.
        if (error instanceof ServerError && told.size === group.length) return;
        failures.push(error);
      }
    };
    // Servers answer side by side; of the models here two may not fit into memory.
    const [elsewhere, here] = [true, false].map((at) =>
      groups(task.candidates).filter(([first]) => (first?.model.address !== null) === at),
    ) as [Candidate[][], Candidate[][]];
    const oneByOne = async () => {
      for (const group of here) await write(group);
    };
    await Promise.all([...elsewhere.map(write), oneByOne()]);
    // One model that fails does not take the answers of the others along; the job is tried again for what is missing.
    if (failures.length > 0) throw PermanentError.of(failures[0], hopeless);
    return undefined;
  };
}

function writtenAnswer(id: string, { text, tokens, finish, failure, origin }: AnswerDelta): WrittenAnswer {
  if (!origin) return { id, text, tokens, finish, failure };
  const { model: serverModel, sent, ...rest } = origin;
  return { id, text, tokens, finish, failure, call: { ...rest, serverModel, sent: JSON.stringify(sent) } };
}

/** Candidates that are decoded as one batch: same model, same settings. */
function groups(candidates: Candidate[]): Candidate[][] {
  const byKey = Map.groupBy(candidates, ({ model, temperature, topP, maxTokens }) =>
    JSON.stringify([model.id, temperature, topP, maxTokens]),
  );
  return [...byKey.values()];
}
