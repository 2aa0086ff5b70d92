// Demands on an answer's outside, in the prompt or in a system message, and how well an answer meets them.
// They are read off a good answer, so every constrained task has a demonstration that meets its constraint.

import type { Random } from "../random.ts";
import { animals } from "./animals.ts";
import { readText, says, type TextRead } from "./answer-text.ts";
import type { Request, Task } from "./asking.ts";
import { number } from "./english.ts";
import { animalNames } from "./people.ts";
import { colours, foods, things } from "./things.ts";
import type { Constraint } from "./wants.ts";

/** How well the answer meets it: 1 wholly, 0 not at all; a few words too many cost a part. */
export function meets(constraint: Constraint, answer: TextRead): number {
  switch (constraint.kind) {
    case "sentences": {
      const off = Math.abs(answer.sentences.length - constraint.exactly);
      return Math.max(0, 1 - off / Math.max(2, constraint.exactly));
    }
    case "words":
      return Math.max(0, 1 - Math.max(0, answer.words - constraint.most) / Math.max(2, constraint.most));
    case "mention":
      return says(answer.norm, constraint.word) ? 1 : 0;
    case "avoid":
      return answer.words > 0 && !says(answer.norm, constraint.word) ? 1 : 0;
    case "begin":
      return answer.text.startsWith(constraint.text) ? 1 : 0;
    case "end":
      return answer.text.trimEnd().endsWith(constraint.text) ? 1 : 0;
    case "list":
      return answer.marks === constraint.mark ? 1 : 0;
  }
}

/** The answer without what it was told to begin or to end with: that is no part of the answer proper. */
export function withoutFrame(answer: string, constraints: readonly Constraint[]): string {
  let body = answer.trim();
  for (const { kind, ...c } of constraints) {
    if (kind === "begin" && "text" in c && body.startsWith(c.text)) body = body.slice(c.text.length).trim();
    if (kind === "end" && "text" in c && body.endsWith(c.text)) body = body.slice(0, -c.text.length).trim();
  }
  return body;
}

/** What to add to the person's text, and what a system message says. */
const wordings: { [K in Constraint["kind"]]: (c: Extract<Constraint, { kind: K }>) => readonly [string[], string[]] } =
  {
    sentences: ({ exactly }) => {
      const count = `${number(exactly)} ${exactly === 1 ? "sentence" : "sentences"}`;
      return [
        [`Use ${count}.`, `Write ${count}.`, `In ${count}, please.`],
        [`Answer in ${count}.`, `Every answer has ${count}.`],
      ];
    },
    words: ({ most }) => {
      const count = `${number(most)} ${most === 1 ? "word" : "words"}`;
      return most === 1
        ? [[`Use one word.`, `One word, please.`], [`Answer in one word.`]]
        : [
            [`Use at most ${count}.`, `Not more than ${count}, please.`],
            [`Use at most ${count}.`, `Answer in at most ${count}.`],
          ];
    },
    mention: ({ word }) => [
      [`Use the word ${word}.`, `The word ${word} must be in it.`],
      [`Always use the word ${word}.`],
    ],
    avoid: ({ word }) => [
      [`Do not use the word ${word}.`, `Leave out the word ${word}.`],
      [`Never use the word ${word}.`],
    ],
    begin: ({ text }) => [[`Begin with: ${text}`], [`Begin every answer with: ${text}`]],
    end: ({ text }) => [[`End with: ${text}`], [`End every answer with: ${text}`]],
    list: ({ mark }) =>
      mark === "1."
        ? [[`Write a list with numbers.`, `Number them.`], [`Write lists with numbers.`]]
        : [[`Write a list with dashes.`], [`Write lists with dashes.`]],
  };

const openings = ["Good day!", "Of course!", "Hello!", "Dear friend!"];
const closings = ["Have a nice day!", "Good luck!", "See you soon!", "Thank you for asking."];
const common = ["very", "friend", "day", "happy", "good", "little", "time", "house", "water", "lives", "also", "old"];
const nouns = [...animals, ...foods, ...things].flatMap((x) => [x.name, x.plural]);
const mentionable = new Set([...nouns, ...colours]);
const wordLimits = [1, 3, 5, 8, 12, 16];

/** Constraints that this answer meets. Those of "begin" and "end" change it, which addTo does. */
function possible(r: Random, prompt: string, answer: TextRead): Constraint[] {
  const asked = prompt.toLowerCase();
  const found: Constraint[] = [];
  const count = answer.sentences.length;
  if (answer.lines.length === 1 && count <= 4) found.push({ kind: "sentences", exactly: count });
  const limit = wordLimits.find((n) => n >= answer.words);
  if (limit) found.push({ kind: "words", most: limit });
  const words = answer.raw
    .map((word, i) => (animalNames.includes(word) ? word : answer.tokens[i]!))
    .filter((word) => (mentionable.has(word) || animalNames.includes(word)) && !asked.includes(word.toLowerCase()));
  if (words.length > 0) found.push({ kind: "mention", word: r.pick(words) });
  found.push({ kind: "avoid", word: r.pick(common.filter((word) => !says(answer.norm, word))) });
  if (answer.marks) found.push({ kind: "list", mark: answer.marks }, { kind: "list", mark: answer.marks });
  found.push(r.chance(0.5) ? { kind: "begin", text: r.pick(openings) } : { kind: "end", text: r.pick(closings) });
  return found;
}

const addTo = (answer: string, { kind, ...c }: Constraint): string => {
  const separator = answer.includes("\n") ? "\n" : " ";
  const closed = /[.!?"]$/.test(answer) || separator === "\n" ? answer : `${answer}.`;
  if (kind === "begin" && "text" in c) return `${c.text}${separator}${answer}`;
  if (kind === "end" && "text" in c) return `${closed}${separator}${c.text}`;
  return answer;
};

const wordingOf = <K extends Constraint["kind"]>(constraint: Extract<Constraint, { kind: K }>) =>
  (wordings[constraint.kind as K] as (c: Constraint) => readonly [string[], string[]])(constraint);

/** System messages that demand nothing in particular. */
const roles = [
  "You are a helpful assistant.",
  "You are a friendly assistant.",
  "You answer questions about the valley.",
  "Be kind and clear.",
  "You are an assistant for children.",
];

/** The same task with a constraint: in the prompt's own words, or in a system message. */
export function constrained(r: Random, task: Request, where: "prompt" | "system"): Task {
  const constraint = r.pick(possible(r, task.prompt, readText(task.answer)));
  const answer = addTo(task.answer, constraint);
  const otherAnswers = [...new Set(task.otherAnswers.map((other) => addTo(other, constraint)))].filter(
    (other) => other !== answer && meets(constraint, readText(other)) === 1,
  );
  const [inPrompt, inSystem] = wordingOf(constraint);
  const same = { ...task, constraints: [constraint], answer, otherAnswers };
  if (where === "prompt") {
    const joined = /[.!?:"]$/.test(task.prompt) ? task.prompt : `${task.prompt}.`;
    return { ...same, prompt: `${joined} ${r.pick(inPrompt)}` };
  }
  return {
    ...same,
    form: "system",
    prompt: [
      { role: "system", content: r.chance(0.2) ? `${r.pick(roles)} ${r.pick(inSystem)}` : r.pick(inSystem) },
      { role: "user", content: task.prompt },
    ],
  };
}

/** The same task under a system message that only says whom one talks to. */
export const withRole = (r: Random, task: Request): Task => ({
  ...task,
  form: "system",
  prompt: [
    { role: "system", content: r.pick(roles) },
    { role: "user", content: task.prompt },
  ],
});
