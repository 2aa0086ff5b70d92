// TRL's language-modelling rows: one text. A dialogue in it, as HH-RLHF and Guanaco write them, says where the answer begins;
// any other text does not.
import * as z from "zod";
import { dialogue } from "../../preference/records.ts";
import { type Format, has, RowRefused, rowAs } from "./format.ts";

const row = z.object({ text: z.string() });

/** "### Human: Hi### Assistant: Hello." → "\n\nHuman: Hi\n\nAssistant: Hello." */
const asDialogue = (text: string) => text.replaceAll(/\s*### (?=(?:Human|Assistant):)/g, "\n\n");

export const trlText: Format = {
  name: "trl-text",
  looks: '"text" that holds a dialogue',
  recognises: (value) => has(value, "text") && !has(value, "prompt") && !has(value, "messages"),
  read: (value) => {
    const text = asDialogue(rowAs(value, row).text);
    const turns = /^\s*Human:/.test(text) ? dialogue(text) : [];
    const last = turns.at(-1);
    if (!last) throw new RowRefused('"text" does not say where an answer begins: give "prompt" and "completion".');
    if (last.role === "user") return [{ kind: "prompt", prompt: turns }];
    return [{ kind: "demonstration", prompt: turns.slice(0, -1), answer: { text: last.content } }];
  },
};
