// A trainer's settings as options of the shell: names, bounds and defaults are the trainer's own.
import { type Command, Option } from "commander";
import { checked } from "../../models/train/config.ts";
import { type SettingField, settingFields, settingsSchemas } from "../training/settings.ts";
import type { TrainingKind } from "../vocabulary/labeling.ts";
import { number, whole } from "./input.ts";

export function addSettings(command: Command, kind: TrainingKind): Command {
  for (const field of settingFields(kind)) command.addOption(optionOf(field));
  return command;
}

/** "learningRate" → --learning-rate; booleans are off by default: "whitenRewards" → --whiten-rewards */
function optionOf({ name, label, hint, type, choices, min, max, default: initial }: SettingField): Option {
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  // "KL" stays as it is.
  const inSentence = /^[A-Z]{2}/.test(label) ? label : `${label.charAt(0).toLowerCase()}${label.slice(1)}`;
  const described = `${inSentence}: ${hint}`;
  if (type === "boolean") return new Option(`--${flag}`, described);
  if (choices) return new Option(`--${flag} <name>`, described).choices(choices).default(initial);
  const parse = type === "integer" ? whole : number;
  const lowest = min ?? -Number.MAX_VALUE;
  return new Option(`--${flag} <number>`, described).argParser(parse(`--${flag}`, lowest, max)).default(initial);
}

type SettingsOf<Kind extends TrainingKind> = ReturnType<(typeof settingsSchemas)[Kind]["parse"]>;

/** The settings among parsed options. @throws ConfigError naming the first that is wrong */
export const settingsFrom = <Kind extends TrainingKind>(kind: Kind, options: object): SettingsOf<Kind> =>
  checked(settingsSchemas[kind], options) as SettingsOf<Kind>;
