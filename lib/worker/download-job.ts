// A download job: fetches a model from the hub into a folder beside its own, which takes its name once all is there.
import { existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import type { Database } from "../../db/client.ts";
import { downloadTask, finishDownload, noteDownload } from "../../db/queries/downloads.ts";
import { describeModel, ModelDirectoryError, verifyModel } from "../../models/gpt/checkpoint.ts";
import { loadTokenizer, TokenizerError } from "../../models/gpt/tokenizer.ts";
import { fetchModel, HubError } from "../../models/hub/fetch-model.ts";
import { hubAddress, hubToken } from "../training/hub.ts";
import { modelDirectory, unfinished } from "../training/model-directory.ts";
import { PermanentError, type RunJob } from "./loop.ts";

/** How often the progress is written, at most. */
const writeEveryMs = 300;

export function downloadJob(db: Database): RunJob {
  return async (job, context) => {
    const { subjectId: modelId } = job;
    const task = await downloadTask(db, modelId);
    if (!task) return undefined;
    const { signal, claim, stopIfAsked } = context;
    const target = modelDirectory({ origin: "hub", directory: task.directory });
    const into = target + unfinished;
    let writtenAt = Number.NEGATIVE_INFINITY;
    const note = async (now: Omit<Parameters<typeof noteDownload>[2], "modelId">) => {
      stopIfAsked(await noteDownload(db, claim, { modelId, ...now }));
      signal.throwIfAborted();
    };
    try {
      // A worker that was killed may have got as far as the name.
      if (!existsSync(target)) {
        const { repository, revision } = task;
        await fetchModel(
          { hub: hubAddress(), token: hubToken(), repository, revision, into },
          {
            signal,
            onFound: ({ commit, bytes }) => note({ commit, bytesTotal: bytes }),
            onBytes: async (bytesDone) => {
              if (performance.now() - writtenAt < writeEveryMs) return;
              writtenAt = performance.now();
              await note({ bytesDone });
            },
          },
        );
        await verifyModel(into);
        await loadTokenizer(into);
        await rename(into, target);
      }
      const { kind, parameters, config } = await describeModel(target);
      const isOurs = await finishDownload(db, claim, { modelId, kind, parameters, context: config.nCtx });
      return isOurs ? "ended" : undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof HubError && error.passing) throw error;
      throw PermanentError.of(error, [HubError, ModelDirectoryError, TokenizerError]);
    }
  };
}
