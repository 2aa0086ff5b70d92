// The form of a model at an address, read: what the API takes, or the first field that is wrong, with its sentence.
import { type AddressSettings, addressSettings } from "../../../../../lib/vocabulary/shapes.ts";
import { numberOf, textOf } from "../../../../ui/form.ts";

export type ReadAddress = { settings: AddressSettings } | { field: string; sentence: string };

/** The names of the form's fields, where they are not those of the settings. */
const fieldOf: Record<string, string> = { price: "promptPrice", key: "apiKey" };

export function readAddress(data: FormData): ReadAddress {
  const extra = jsonOf(textOf(data, "extra"));
  if (extra === undefined) {
    return { field: "extra", sentence: 'The further fields are one JSON object, such as {"min_p": 0.1}.' };
  }
  const prices = { prompt: numberOf(data, "promptPrice") ?? null, answer: numberOf(data, "answerPrice") ?? null };
  const template = textOf(data, "template");
  const read = addressSettings.safeParse({
    baseUrl: textOf(data, "baseUrl"),
    serverModel: textOf(data, "serverModel"),
    asks: textOf(data, "asks"),
    severalPerCall: textOf(data, "severalPerCall") === "yes",
    extra,
    price: prices.prompt === null && prices.answer === null ? null : prices,
    parallel: numberOf(data, "parallel"),
    timeLimitS: numberOf(data, "timeLimitS"),
    template: template.trim() === "" ? null : template,
    context: numberOf(data, "context") ?? null,
    key: keyOf(data),
  });
  if (read.success) return { settings: read.data };
  const { path, message } = read.error.issues[0]!;
  const name = String(path.at(-1) === "variable" ? "variable" : path[0]);
  return { field: fieldOf[name] ?? name, sentence: message };
}

function keyOf(data: FormData): AddressSettings["key"] {
  const kind = textOf(data, "keyKind");
  if (kind === "written") return { kind, apiKey: textOf(data, "apiKey").trim() };
  if (kind === "variable") return { kind, variable: textOf(data, "variable").trim() };
  return { kind: kind === "kept" ? kind : "none" };
}

/** The JSON; {} of nothing, undefined of what is none. */
function jsonOf(text: string): unknown {
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
