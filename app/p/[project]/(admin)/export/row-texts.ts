// The texts in a row of a file, whatever its format: of a text, of turns, of answers with ranks. Pure.

/** @property by who says it, or its rank; "" where nothing is told */
export interface Said {
  by: string;
  text: string;
}

/** Fields whose texts are ids, names and the like. */
const asides = /_id$|^(labeler|split|use_case|prompt_kind|writer|label|k|system|tools)$/;

/** textFields({ prompt: "Hi?", chosen: "Yes.", rejected: "No.", prompt_id: "p", k: 2 }) → ["prompt", "chosen", "rejected"] */
export const textFields = (row: Record<string, unknown>): string[] =>
  Object.keys(row).filter(
    (field) =>
      (!asides.test(field) && saidIn(row[field]).length > 0) ||
      (field === "system" && row[field] !== "") ||
      (field === "label" && typeof row[field] === "boolean"),
  );

/** The texts of a field, those of answers with their ranks. */
export function textsOf(row: Record<string, unknown>, field: string): Said[] {
  const { [field]: value, tiers } = row;
  if (field !== "answers" || !Array.isArray(value) || !Array.isArray(tiers)) return saidIn(value);
  const rankOf = (place: number) => tiers.findIndex((tier) => Array.isArray(tier) && tier.includes(place)) + 1;
  return value.flatMap((answer, place) => saidIn(answer, `Rank ${rankOf(place)}`));
}

/** Everything a value says, in its order. Numbers and truth values are said where they stand beside a text. */
export function saidIn(value: unknown, by = ""): Said[] {
  if (typeof value === "string") return [{ by, text: value }];
  if (typeof value === "boolean") return [{ by, text: value ? "yes" : "no" }];
  if (Array.isArray(value)) return value.flatMap((one) => saidIn(one, by));
  if (typeof value !== "object" || value === null) return [];
  const fields = value as Record<string, unknown>;
  const who = String(fields.role ?? fields.from ?? (fields.rank === undefined ? by : `Rank ${fields.rank}`));
  const said = ["content", "value", "text", "answer", "completion", "messages"].find((name) => {
    const one = fields[name];
    return typeof one === "string" || Array.isArray(one);
  });
  if (said === undefined) return [];
  const texts = saidIn(fields[said], who);
  return fields.rank === undefined ? texts : texts.map(({ text }) => ({ by: who, text }));
}
