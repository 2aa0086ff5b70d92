// The language model that a trainer starts from, or measures.
import { ModelDirectoryError, readModel } from "../gpt/checkpoint.ts";

/** @throws ModelDirectoryError when `dir` holds no model, or a reward model. */
export async function languageModel(dir: string) {
  const { config, kind, weights } = await readModel(dir);
  if (kind !== "lm") throw new ModelDirectoryError(`${dir} holds a reward model, not a language model.`);
  return { config, weights };
}
