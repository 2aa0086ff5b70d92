// What is wrong with a value that came from outside, in words: zod speaks of its own types and patterns.
import type * as z from "zod";

/** As zod's issues are, whoever hands them on. */
interface Issue {
  message: string;
  path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined;
}

export interface Refusal {
  path: readonly PropertyKey[];
  /** The part that does not fit, such as "messages.0.role"; "" for the whole. */
  field: string;
  /** One sentence, which names the part. */
  sentence: string;
}

/** The most characters of a name, and the most choices, that a sentence quotes. */
const most = { name: 100, choices: 12 };

/** What an issue says about `data`; of what fits none of several shapes, what is wrong with the one that it fits furthest. */
export function refusalOf(outer: Issue, data: unknown): Refusal {
  const issue = innermost(outer as z.core.$ZodIssue);
  const path = (issue.path ?? []).map((part: PropertyKey | { key: PropertyKey }) =>
    typeof part === "object" ? part.key : part,
  );
  const value = path.reduce<unknown>((within, key) => (within as Record<PropertyKey, unknown> | null)?.[key], data);
  if (issue.code === "unrecognized_keys") path.push(...issue.keys.slice(0, 1));
  const field = short(path.join("."));
  const sentence = sentenceOf(issue, field, value);
  return { path, field, sentence: sentence.endsWith(".") ? sentence : `${sentence}.` };
}

/** The issues of a schema within another one's transform, which hands on no more than words. */
export function wordedIssues(error: z.ZodError | undefined, row: unknown): z.core.$ZodRawIssue[] {
  return (error?.issues ?? []).map((issue) => {
    const { path, sentence } = refusalOf(issue, row);
    return { code: "custom", message: sentence, path: [...path], input: row };
  });
}

/** What zod says where nothing fits and the schema says nothing. */
const unsaid = "Invalid input";

function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  // A union that says itself what it is is believed.
  if (issue.code !== "invalid_union" || issue.message !== unsaid) return issue;
  const within = issue.errors.flatMap(([first]) => (first ? [innermost(first)] : []));
  const depth = Math.max(...within.map(({ path }) => path.length));
  const deepest = within.filter(({ path }) => path.length === depth);
  const [one] = deepest;
  if (!one) return issue;
  const types = deepest.flatMap((other) => (other.code === "invalid_type" ? [kindOf(other.expected)] : []));
  const found = { ...one, path: [...issue.path, ...one.path] };
  // Of several types at one place, any would do.
  if (types.length === deepest.length) return { ...found, expected: listed([...new Set(types)]) } as typeof one;
  return found;
}

/** @param field "" for the whole */
function sentenceOf(issue: z.core.$ZodIssue, field: string, value: unknown): string {
  if (issue.message.endsWith(".")) return issue.message;
  const needsValue = issue.code !== "unrecognized_keys" && issue.code !== "custom";
  if (field && value === undefined && needsValue) return `"${field}" is missing`;
  const predicate = predicateOf(issue, value);
  if (predicate) return `${field ? `"${field}"` : "The whole"} ${predicate}`;
  return field ? `"${field}": ${issue.message}` : issue.message;
}

/** @returns null where the schema has words of its own */
function predicateOf(issue: z.core.$ZodIssue, value: unknown): string | null {
  switch (issue.code) {
    case "invalid_type":
      return `should be ${kindOf(issue.expected)}, not ${typeof value === "number" ? value : kindOf(typeOf(value))}`;
    case "invalid_value":
      return `should be ${choices(issue.values)}`;
    case "invalid_union":
      if ("options" in issue && Array.isArray(issue.options)) return `should be ${choices(issue.options)}`;
      return issue.message === unsaid ? "has another form" : null;
    case "unrecognized_keys":
      return "is unknown here";
    case "too_big":
      return `should ${counted(issue.origin, issue.inclusive ? "at most" : "less than", issue.maximum)}`;
    case "too_small":
      return `should ${counted(issue.origin, issue.inclusive ? "at least" : "more than", issue.minimum)}`;
    case "not_multiple_of":
      return `should be a multiple of ${issue.divisor}`;
    case "invalid_format":
      return issue.message.startsWith("Invalid ") ? "is not written as it should be" : null;
    default:
      return null;
  }
}

function counted(origin: string, bound: string, count: number | bigint): string {
  const unit = origin === "string" ? "character" : origin === "array" || origin === "set" ? "item" : null;
  return unit ? `have ${bound} ${count} ${unit}${Number(count) === 1 ? "" : "s"}` : `be ${bound} ${count}`;
}

const choices = (values: readonly unknown[]): string =>
  values.length > most.choices ? `one of its ${values.length} values` : listed(values.map(quoted));

const quoted = (value: unknown): string => (typeof value === "string" ? `"${short(value)}"` : String(value));
const short = (name: string): string => (name.length > most.name ? `${name.slice(0, most.name)}…` : name);

function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? "nothing";
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} or ${last}` : last;
}

const kinds: Record<string, string> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};
const kindOf = (type: string): string => kinds[type] ?? type;
const typeOf = (value: unknown): string => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);
