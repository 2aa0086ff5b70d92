// Argilla's records as its data sets stand on a hub (docs.argilla.io): the fields that people saw, and of each question
// "<question>.responses", with who gave them in "….users" and which count in "….status". A text that somebody wrote is a
// demonstration, an order of fields a ranking, the name of one of two fields a ranking of both.
import * as z from "zod";
import { promptField } from "../../preference/records.ts";
import { messagesOf, turn } from "../../vocabulary/conversation.ts";
import { type Answer, defined, type Format, type Item, isObject, RowRefused, rowAs } from "./format.ts";

const suffix = ".responses";
const asked = ["prompt", "instruction", "question", "input", "text"];
const answerName = /^(response|answer|completion|reply|generation|output|chosen|rejected)/i;
/** Questions that are answered by writing; the others ask for one of some labels. What kind it is the file does not say. */
const writing =
  /(response|answer|completion|reply|generation|output|demonstration|correct|improve|edit|rewrit).*\.responses$/i;
const record = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  system_prompt: z.string().default(""),
});
const order = z.array(z.union([z.string(), z.object({ value: z.string(), rank: z.number().optional() })])).min(1);

/** A list, as Parquet and JSON have it, or as a cell of a CSV file spells it. */
const listIn = (row: Record<string, unknown>, name: string): unknown[] => {
  const value = row[name] ?? [];
  if (Array.isArray(value)) return value;
  throw new RowRefused(`"${name}" should be a list.`);
};

export const argilla: Format = {
  name: "argilla",
  looks: '"<question>.responses" and "<question>.responses.users"',
  recognises: (row) => isObject(row) && Object.keys(row).some((name) => name.endsWith(suffix)),
  read: (value) => {
    const row = rowAs(value, record);
    const field = asked.find((name) => row[name] !== undefined);
    if (field === undefined) throw new RowRefused(`There is no field "${asked.slice(0, -1).join('", "')}" or "text".`);
    const given = messagesOf(rowAs({ prompt: row[field] }, z.object({ prompt: promptField })).prompt);
    const prompt = row.system_prompt === "" ? [...given] : [turn("system", row.system_prompt), ...given];
    const names = Object.keys(row).filter(
      (name) => /^[^.]+$/.test(name) && answerName.test(name) && typeof row[name] === "string",
    );
    const answers = names.map((name): Answer => ({ text: String(row[name]) }));
    const beside = defined({ promptId: row.id === undefined ? undefined : `${row.id}` });
    const said = Object.keys(row)
      .filter((name) => name.endsWith(suffix))
      .flatMap((name) => responsesIn(row, name))
      .flatMap(({ name, response, user }): Item[] => {
        const tiers = tiersOf(response, names, name);
        if (tiers) return [{ kind: "ranking", prompt, answers, tiers, ...beside, ...defined({ labeler: user }) }];
        // Anything else is about a label or a figure, for which there is no place here.
        if (typeof response !== "string" || response.trim() === "" || !writing.test(name)) return [];
        return [{ kind: "demonstration", prompt, answer: { text: response, ...defined({ writer: user }) }, ...beside }];
      });
    if (said.length > 0) return said;
    if (names.length > 1) return [{ kind: "answers", prompt, answers, ...beside }];
    return [{ kind: "prompt", prompt, ...beside }];
  },
};

/** The responses that were submitted: drafts and those that were discarded do not count. */
function responsesIn(row: Record<string, unknown>, name: string) {
  const users = listIn(row, `${name}.users`);
  const status = listIn(row, `${name}.status`);
  return listIn(row, name).flatMap((response, at) => {
    const user = users[at];
    const counts = (status[at] ?? "submitted") === "submitted" && response !== null;
    return counts ? [{ name, response, user: typeof user === "string" ? user : undefined }] : [];
  });
}

/** @throws RowRefused where it orders what is no field of the record */
function tiersOf(response: unknown, names: readonly string[], question: string): number[][] | null {
  if (typeof response === "string" && names.length === 2) {
    if (/^(tie|both|equal)/i.test(response)) return [[0, 1]];
    const best = names.indexOf(response);
    return best < 0 ? null : [[best], [1 - best]];
  }
  const { success, data } = order.safeParse(response);
  if (!success || names.length < 2) return null;
  const ranked = data.map((one, at) => (typeof one === "string" ? { value: one, rank: at } : { rank: at, ...one }));
  const places = ranked.map(({ value }) => names.indexOf(value));
  // A question with several labels is answered by a list of texts, too.
  if (places.every((place) => place < 0)) return null;
  if (places.includes(-1) || new Set(places).size !== names.length || places.length !== names.length) {
    throw new RowRefused(`"${question}" does not order each of the fields "${names.join('", "')}" once.`);
  }
  const ranks = [...new Set(ranked.map(({ rank }) => rank))].toSorted((a, b) => a - b);
  return ranks.map((rank) => ranked.flatMap((one, at) => (one.rank === rank ? [places[at] ?? 0] : [])));
}
