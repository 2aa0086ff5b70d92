// TRL's preference rows with the prompt inside of both answers, which its reward trainer recommends: two whole conversations.
import { comparisonRecord } from "../../preference/records.ts";
import { turn } from "../../vocabulary/conversation.ts";
import { type Format, has, isObject, isPlain, rowAs } from "./format.ts";
import { pairOf, rankingOf } from "./trl-preference.ts";

export const trlImplicit: Format = {
  name: "trl-implicit",
  looks: '"chosen" and "rejected" that are whole conversations',
  recognises: (row) =>
    isObject(row) && !has(row, "prompt") && [row.chosen, row.rejected].every((turns) => Array.isArray(turns)),
  read: (row) => [rankingOf(rowAs(row, comparisonRecord))],
  write: (item) => {
    const [better, worse] = pairOf(item) ?? [];
    // Of two equal answers nobody could tell where the prompt ends.
    if (!better || !worse || !isPlain(item) || better.text === worse.text) return null;
    return {
      chosen: [...item.prompt, turn("assistant", better.text)],
      rejected: [...item.prompt, turn("assistant", worse.text)],
    };
  },
};
