// The start form → what is to be trained, or what is wrong with it as a sentence.

import { type SettingField, settingFields } from "../../../lib/training/settings.ts";
import { type NewTraining, newTraining } from "../../../lib/training/shapes.ts";
import { numberOf, textOf } from "../../ui/form.ts";
import { type Goal, kindOf } from "./goals.ts";

/** The settings a goal has: those on texts are PPO-ptx's only. */
export const fieldsOf = (goal: Goal): SettingField[] =>
  settingFields(kindOf(goal)).filter(({ name }) => goal !== "ppo" || !name.startsWith("ptx"));

export function readForm(goal: Goal, data: FormData): { training: NewTraining } | { problem: string } {
  const fields = fieldsOf(goal);
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
  if (message.endsWith(".")) return { problem: message };
  const label = fields.find(({ name }) => name === path.at(-1))?.label ?? path.at(-1)?.toString() ?? "The form";
  return { problem: `${label}: ${message}.` };
}

function settingOf({ name, type }: SettingField, data: FormData) {
  if (type === "boolean") return data.has(name);
  return type === "choice" ? textOf(data, name) : numberOf(data, name);
}
