// The start form → what is to be trained, or what is wrong with it: a sentence, and the field it is about.

import { type SettingField, settingFields } from "../../../../../lib/training/settings.ts";
import { type NewTraining, newTraining } from "../../../../../lib/training/shapes.ts";
import { numberOf, textOf } from "../../../../ui/form.ts";
import { type Goal, kindOf } from "./goals.ts";

/** The settings a goal has: those on texts are PPO-ptx's only. */
export const fieldsOf = (goal: Goal): SettingField[] =>
  settingFields(kindOf(goal)).filter(({ name }) => goal !== "ppo" || !name.startsWith("ptx"));

export interface FormProblem {
  /** The name of the control. */
  field: string;
  sentence: string;
}

export function readForm(goal: Goal, data: FormData): { training: NewTraining } | { problem: FormProblem } {
  const fields = fieldsOf(goal);
  // Left empty, a number would silently be the default.
  const isNumber = ({ type }: SettingField) => type === "integer" || type === "number";
  const empty = fields.find((field) => isNumber(field) && textOf(data, field.name).trim() === "");
  if (empty) return { problem: { field: empty.name, sentence: `${empty.label} is empty: write a number.` } };
  const asked = newTraining.safeParse({
    kind: kindOf(goal),
    name: textOf(data, "name"),
    baseModelId: textOf(data, "baseModelId"),
    rewardModelId: textOf(data, "rewardModelId") || undefined,
    texts: goal === "ppo-ptx" ? textOf(data, "texts") : undefined,
    settings: Object.fromEntries(fields.map((field) => [field.name, settingOf(field, data)])),
  });
  if (asked.success) return { training: asked.data };
  const { message, path } = asked.error.issues[0]!;
  // The one rule on several settings at once is on PPO's minibatches.
  const last = path.at(-1)?.toString() ?? "";
  const field = last === "settings" ? "minibatch" : last;
  if (message.endsWith(".")) return { problem: { field, sentence: message } };
  const label = fields.find(({ name }) => name === field)?.label ?? field;
  return { problem: { field, sentence: `${label}: ${message}.` } };
}

function settingOf({ name, type }: SettingField, data: FormData) {
  if (type === "boolean") return data.has(name);
  return type === "choice" ? textOf(data, name) : numberOf(data, name);
}
