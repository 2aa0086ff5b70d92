// Nectar's rows (huggingface.co/datasets/berkeley-nest/Nectar): a dialogue that waits for its answer, and all answers with
// their ranks, 1 = best. axolotl reads them as zephyr.nectar.
import * as z from "zod";
import { dialogue } from "../../preference/records.ts";
import { type Format, has, isPlain, RowRefused, rowAs } from "./format.ts";
import { dialogueText } from "./hh-rlhf.ts";
import { ranksOfTiers, tiersOfRanks } from "./ranks.ts";

const answer = z.object({ answer: z.string(), rank: z.number() });
const record = z.object({ prompt: z.string(), answers: z.array(answer).min(1) });

/** What comes before the answer. */
const waiting = "\n\nAssistant: ";

export const nectar: Format = {
  name: "nectar",
  looks: '"prompt" and "answers" with "answer" and "rank"',
  recognises: (row) => {
    const [first] = has(row, "prompt", "answers") ? [(row as { answers: unknown }).answers].flat() : [];
    return has(first, "answer", "rank");
  },
  read: (row) => {
    const { prompt: text, answers } = rowAs(row, record);
    const prompt = dialogue(text.replace(/\s*Assistant:\s*$/, ""));
    if (prompt.at(-1)?.role !== "user")
      throw new RowRefused('"prompt" is no dialogue: "\\n\\nHuman: …\\n\\nAssistant: ".');
    const tiers = tiersOfRanks(answers.map(({ rank }) => rank));
    return [{ kind: "ranking", prompt, answers: answers.map(({ answer }) => ({ text: answer })), tiers }];
  },
  write: (item) => {
    if (item.kind !== "ranking" || !isPlain(item)) return null;
    const asked = dialogueText(item.prompt);
    if (asked === null) return null;
    const ranks = ranksOfTiers(item.tiers);
    const answers = item.answers.map(({ text }, place) => ({ answer: text, rank: (ranks[place] ?? 0) + 1 }));
    const row = { prompt: asked + waiting, answers };
    return JSON.stringify(nectar.read(row)[0]?.prompt) === JSON.stringify(item.prompt) ? row : null;
  },
};
