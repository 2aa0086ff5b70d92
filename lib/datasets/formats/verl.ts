// verl's rows (verl.readthedocs.io, preparation/prepare_data), which it reads from Parquet: prompts to practise on. `ability` is
// the use case; that a model judges the answers stands in `reward_model`. What is absent is an empty text.
import * as z from "zod";
import { message } from "../../vocabulary/conversation.ts";
import { splits } from "../../vocabulary/labeling.ts";
import { defined, type Format, has, rowAs } from "./format.ts";

const record = z.object({
  prompt: z.array(message).min(1),
  ability: z.string().optional(),
  extra_info: z
    .object({ split: z.string().optional(), index: z.union([z.string(), z.number()]).optional() })
    .optional(),
});

export const verl: Format = {
  name: "verl",
  looks: '"data_source", "prompt" and "reward_model"',
  recognises: (row) => has(row, "data_source", "prompt", "reward_model"),
  read: (row) => {
    const { prompt, ability, extra_info: { split, index = "" } = {} } = rowAs(row, record);
    const known = splits.find((one) => one === split);
    const beside = { promptId: `${index}` || undefined, useCase: ability || undefined, split: known };
    return [{ kind: "prompt", prompt, ...defined(beside) }];
  },
  write: (item) => {
    if (item.kind !== "prompt" || item.promptKind !== undefined) return null;
    const { prompt, promptId: index = "", useCase: ability = "", split = "" } = item;
    const reward_model = { style: "model", ground_truth: "" };
    return { data_source: "rankloop", prompt, ability, reward_model, extra_info: { split, index } };
  },
};
