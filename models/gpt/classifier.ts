// A reward model as other programs read one. Hugging Face's sequence classifiers read the last token that is not
// `pad_token_id`, and their head has no bias: a pad token that is also the end token makes them read one token early, and a
// shift kept in the head is lost, both in silence. So padding gets a token of its own, and the shift moves into the norm
// that the head reads from.
import { type Architecture, familyOf } from "./architecture.ts";
import { readModel, type Weights } from "./checkpoint.ts";
import type { Head } from "./heads.ts";
import { type AddedToken, paddingOf } from "./padding.ts";

export interface Classifier {
  config: Architecture;
  weights: Weights;
  /** Where the tokenizer has no padding of its own. */
  padToken?: AddedToken;
  /** For the model's card, in Markdown. */
  card: string;
}

/**
 * The reward model, of which others compute the same scores. A head that reads the likelihood is no classifier, and stays as
 * it is; so does the shift where norms have no bias (RMSNorm).
 */
export async function asClassifier(
  config: Architecture,
  head: Head,
  weights: Weights,
  tokenizerFrom: string,
): Promise<Classifier> {
  if (head.likelihoodPower !== undefined) return { config, weights, card: card(config, head, 0) };
  const all: Weights = new Map(weights);
  const shift = foldShift(config, all);
  const { pad, next } = await paddingOf(tokenizerFrom, config.eosTokenIds);
  const own = pad ?? config.padTokenId;
  if (own !== undefined && !config.eosTokenIds.includes(own)) {
    return { config: { ...config, padTokenId: own }, weights: all, card: card(config, head, shift) };
  }
  const vocabSize = Math.max(config.vocabSize, next.id + 1);
  if (vocabSize > config.vocabSize) {
    const name = `${familyOf(config).names.tokens}.weight`;
    const { data } = all.get(name)!;
    const longer = new Float32Array(vocabSize * config.nEmbd);
    longer.set(data);
    all.set(name, { shape: [vocabSize, config.nEmbd], data: longer });
  }
  return {
    config: { ...config, vocabSize, padTokenId: next.id },
    weights: all,
    padToken: next,
    card: card(config, head, shift),
  };
}

/**
 * Move the head's bias b into the bias of the norm it reads: + b·w/|w|², which w turns into b again.
 * @returns what stays in the head.
 */
function foldShift(config: Architecture, weights: Weights): number {
  const shift = weights.get("score.bias")!.data[0]!;
  const { names } = familyOf(config);
  const norm = config.residual === "post" ? `${names.layers}.${config.nLayer - 1}.${names.mlpNorm}` : names.finalNorm!;
  const bias = weights.get(`${norm}.bias`);
  if (!bias) return shift;
  const w = weights.get("score.weight")!.data;
  const square = w.reduce((sum, x) => sum + x * x, 0);
  if (square === 0) return shift;
  const data = bias.data.map((x, c) => x + (shift * w[c]!) / square);
  weights.set(`${norm}.bias`, { shape: bias.shape, data });
  weights.set("score.bias", { shape: [1], data: new Float32Array(1) });
  return 0;
}

/** How to ask the model in other programs, in a sentence or two. @param shift what its head adds and theirs do not. */
function howToCall({ modelType }: Architecture, { likelihoodPower }: Head, shift: number): string {
  if (likelihoodPower !== undefined) {
    return "Its head reads the likelihood of an answer, too, so only Rankloop can run it: other programs do not know its model_type.";
  }
  const plus = shift === 0 ? "" : `, plus ${shift.toPrecision(6)}: ${modelType} has no bias that could hold it`;
  return `In transformers: AutoModelForSequenceClassification, with the ids of prompt (chat template, add_generation_prompt), answer and end token; the score is its one logit${plus}.`;
}

const card = (config: Architecture, head: Head, shift: number): string =>
  `# Reward model\n\nTrained with Rankloop. ${howToCall(config, head, shift)} Only differences between answers to one prompt mean much; its zero is the mean of the demonstrations it was trained with, or of its training answers.\n`;

/** The same of a model directory. @throws ModelDirectoryError */
export async function howToCallModel(dir: string): Promise<string> {
  const { config, weights, ...head } = await readModel(dir);
  return howToCall(config, head, weights.get("score.bias")?.data[0] ?? 0);
}
