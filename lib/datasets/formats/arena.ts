// Chatbot Arena's votes as LMSYS published 55,000 of them (kaggle.com/competitions/lmsys-chatbot-arena): two models' answers to
// each turn, as JSON lists, and who won. The conversations part at the first answer, so that only those of one turn, or with
// the same answers before the last, have a prompt in common.
import * as z from "zod";
import { turn } from "../../vocabulary/conversation.ts";
import { defined, type Format, has, isPlain, RowRefused, rowAs } from "./format.ts";

/** A JSON list of texts, as a text or as a list; null for what a model did not say. */
const texts = z.union(
  [
    z.array(z.string().nullable()),
    z.string().transform((json, context) => {
      try {
        return z.array(z.string().nullable()).parse(JSON.parse(json));
      } catch {
        context.issues.push({ code: "custom", message: "a JSON list of texts", input: json });
        return z.NEVER;
      }
    }),
  ],
  { error: "a JSON list of texts" },
);
/** From a CSV file it is a text. */
const flag = z
  .union([z.boolean(), z.literal([0, 1, "0", "1"])])
  .transform((value) => value === true || Number(value) === 1);
const vote = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  model_a: z.string().optional(),
  model_b: z.string().optional(),
  prompt: texts,
  response_a: texts,
  response_b: texts,
  winner_model_a: flag,
  winner_model_b: flag,
  winner_tie: flag,
});

export const arena: Format = {
  name: "arena",
  looks: '"response_a", "response_b" and "winner_tie"',
  recognises: (row) => has(row, "prompt", "response_a", "response_b") && has(row, "winner_tie"),
  read: (row) => {
    const { id, model_a, model_b, prompt: asked, response_a: a, response_b: b, ...won } = rowAs(row, vote);
    const last = asked.length - 1;
    if (last < 0 || a.length !== asked.length || b.length !== asked.length) {
      throw new RowRefused('"prompt", "response_a" and "response_b" are not lists of the same length.');
    }
    if (a.slice(0, last).some((answer, at) => answer !== b[at])) {
      throw new RowRefused(
        `It has ${asked.length} turns, and the models part at the first: the last answers have no prompt in common.`,
      );
    }
    const prompt = asked.flatMap((question, at) => [
      turn("user", question ?? ""),
      ...(at < last ? [turn("assistant", a[at] ?? "")] : []),
    ]);
    const answers = [
      { text: a[last] ?? "", ...defined({ writer: model_a }) },
      { text: b[last] ?? "", ...defined({ writer: model_b }) },
    ];
    const votes = [won.winner_model_a, won.winner_model_b, won.winner_tie];
    if (votes.filter((one) => one).length !== 1) throw new RowRefused("It does not say who won, or that it is a tie.");
    const tiers = won.winner_tie ? [[0, 1]] : won.winner_model_a ? [[0], [1]] : [[1], [0]];
    return [
      { kind: "ranking", prompt, answers, tiers, ...defined({ rankingId: id === undefined ? undefined : `${id}` }) },
    ];
  },
  write: (item) => {
    if (item.kind !== "ranking" || !isPlain(item)) return null;
    const [a, b, ...others] = item.answers;
    const asked = item.prompt.filter((_, at) => at % 2 === 0);
    const said = item.prompt.filter((_, at) => at % 2 === 1);
    const takesTurns =
      asked.length > said.length &&
      asked.every(({ role }) => role === "user") &&
      said.every(({ role }) => role === "assistant");
    if (!a || !b || others.length > 0 || !takesTurns) return null;
    const list = (turns: readonly { content: string }[], ...last: string[]) =>
      JSON.stringify([...turns.map(({ content }) => content), ...last]);
    const [isTie, aWon] = [item.tiers.length === 1, item.tiers[0]?.[0] === 0];
    return {
      prompt: list(asked),
      response_a: list(said, a.text),
      response_b: list(said, b.text),
      winner_model_a: Number(!isTie && aWon),
      winner_model_b: Number(!isTie && !aWon),
      winner_tie: Number(isTie),
    };
  },
};
