// The settings of every trainer as people meet them: the trainer's own schema gives defaults and bounds, the words are here.
// Read by the Train screen and by the shell; browser-safe.
import * as z from "zod";
import { dpoSettings } from "../../models/train/dpo-config.ts";
import { ppoSettings } from "../../models/train/ppo-config.ts";
import { rewardSettings } from "../../models/train/reward-config.ts";
import { sftSettings } from "../../models/train/sft-config.ts";
import type { TrainingKind } from "../vocabulary/labeling.ts";
import { words } from "./words.ts";

export const settingsSchemas = {
  sft: sftSettings,
  reward: rewardSettings,
  dpo: dpoSettings,
  ppo: ppoSettings,
} as const;

/** One setting, for a form or an option of the shell. */
export interface SettingField {
  name: string;
  label: string;
  /** What it does, and why its default is what it is. */
  hint: string;
  /** Hardly ever changed, so the form folds it away. */
  rare: boolean;
  type: "integer" | "number" | "boolean" | "choice";
  /** The bounds of a number, where it has any. */
  min?: number;
  max?: number;
  /** The values of a choice. */
  choices?: readonly string[];
  default: number | string | boolean;
}

/** The JSON Schema of one setting. */
const described = z.object({
  type: z.enum(["integer", "number", "boolean", "string"]),
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  maximum: z.number().optional(),
  enum: z.array(z.string()).optional(),
  default: z.union([z.number(), z.string(), z.boolean()]),
});

/** All settings of a trainer, in the order to show them. */
export function settingFields(kind: TrainingKind): SettingField[] {
  const { properties } = z.toJSONSchema(settingsSchemas[kind], { io: "input" });
  return Object.entries(words[kind]).map(([name, { label, hint, rare = false }]) => {
    const { type, minimum, exclusiveMinimum, maximum, enum: choices, ...rest } = described.parse(properties?.[name]);
    const shown = { name, label, hint, rare, default: rest.default };
    if (type === "boolean") return { ...shown, type };
    if (type === "string") return { ...shown, type: "choice", choices: choices ?? [] };
    // Whole numbers without a bound of their own have those of JavaScript.
    const max = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
    return { ...shown, type, min: minimum ?? exclusiveMinimum, max };
  });
}
