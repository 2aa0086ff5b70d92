// Pages of the corpus that are no plain story: what a base model learns the language, the world and its bad manners from.
// Facts stand in entries and are always true there; question pages and answers to prompts are of mixed quality.

import { type Message, messagesOf, type PromptContent } from "../../lib/vocabulary/conversation.ts";
import type { Random } from "../random.ts";
import type { Request, Task } from "./asking.ts";
import { type Corruption, corrupt } from "./corruptions.ts";
import { a, capital, number } from "./english.ts";
import { fact } from "./facts.ts";
import { flaggedSentences } from "./flagged.ts";
import { ideasFor, listing } from "./lists.ts";
import { type Part, partOf } from "./parts.ts";
import { people } from "./people.ts";
import { plainStory } from "./stories.ts";
import { anyTask } from "./tasks.ts";
import { days, foods, places, things } from "./things.ts";
import { writing } from "./writing.ts";

const names = { system: "System: ", user: "User: ", assistant: "Assistant:\n" } as const;

/**
 * A prompt and its answer as one text, exactly as the chat template of models/gpt writes them: each turn on a line of its
 * own with its speaker's name, the assistant's words on the next line.
 * asDocument({ prompt: "Hi.", answer: "Hello!" }) → "User: Hi.\nAssistant:\nHello!"
 */
export function asDocument({ prompt, answer }: { prompt: PromptContent; answer: string }): string {
  const turns = messagesOf(prompt).map(({ role, content }) => `${names[role]}${content}`);
  return [...turns, `${names.assistant}${answer}`].join("\n");
}

/** What becomes of the answers of the corpus that are not as they should be. */
const spoiled: readonly (readonly [weight: number, Corruption])[] = [
  [8, "polite"],
  [8, "hedged"],
  [16, "wrong"],
  [10, "partly wrong"],
  [13, "truncated"],
  [14, "rambling"],
  [6, "repeating"],
  [13, "off task"],
  [2, "scrambled"],
  [4, "flagged"],
  [2, "echo"],
];

/**
 * Share of the answers that are spoiled. With two thirds, a model of 0.4 million parameters seldom spoke of what its
 * prompt asked after 5.5 million tokens.
 */
const faults = 0.33;

const answerOf = (task: Task, r: Random, spoiling: number): string =>
  corrupt(task, r.chance(spoiling) ? r.weighted(spoiled) : "good", r);

/** A text, and the prompt that stands in it: all that the person says. */
export interface ChatPage {
  text: string;
  prompt: PromptContent;
}

/** A prompt with an answer of mixed quality, in the chat template's form; sometimes more of the talk. */
export function chatPage(r: Random): ChatPage {
  const form = r.next();
  if (form < 0.06) return exchanges(r);
  const task = anyTask(r);
  if (form < 0.08) return goingOn(task, r);
  return { text: asDocument({ prompt: task.prompt, answer: answerOf(task, r, faults) }), prompt: task.prompt };
}

/** Whoever wrote this page did not stop: the person's next turn is there, too. */
function goingOn(task: Task, r: Random): ChatPage {
  const next = anyTask(r);
  const last = messagesOf(next.prompt).at(-1)!.content;
  const prompt: Message[] = [
    ...messagesOf(task.prompt),
    { role: "assistant", content: task.answer },
    { role: "user", content: last },
  ];
  return { text: asDocument({ prompt, answer: corrupt(next, r.chance(0.5) ? "good" : "off task", r) }), prompt };
}

/**
 * Several questions to one assistant, who is careful, middling or careless: how it answered before says how it will
 * answer. That is what few-shot prompting of a model lives on.
 */
function exchanges(r: Random): ChatPage {
  const spoiling = r.pick([0.04, 0.3, 0.65]);
  const turns = Array.from({ length: r.int(2, 4) }, (): Message[] => {
    const task = plainTask(r);
    return [...messagesOf(task.prompt), { role: "assistant", content: answerOf(task, r, spoiling) }];
  }).flat();
  const prompt = turns.slice(0, -1);
  return { text: asDocument({ prompt, answer: turns.at(-1)!.content }), prompt };
}

function plainTask(r: Random): Task {
  for (;;) {
    const task = anyTask(r);
    if (task.form === "plain") return task;
  }
}

/** A question about the world that belongs to a part: no page has a question that is kept for another. */
function factOf(r: Random, part: Part): Request {
  for (;;) {
    const task = fact(r);
    if (part === "all" || partOf(task.prompt) === part) return task;
  }
}

/** Questions with their answers, some of them wrong, as in a school book that a pupil filled in. */
export function questionPage(r: Random, part: Part): string {
  const [ask, tell] = r.pick([
    ["Question: ", "Answer: "],
    ["Q: ", "A: "],
    ["", ""],
  ] as const);
  const mistakes = r.pick([0, 0.2, 0.5]);
  return Array.from({ length: r.int(2, 6) }, () => {
    const task = factOf(r, part);
    const answer = r.chance(mistakes) ? corrupt(task, "wrong", r) : task.answer;
    return `${ask}${task.prompt}\n${tell}${answer}`;
  }).join(r.chance(0.5) ? "\n\n" : "\n");
}

/** A list with its title, nobody asked for. */
export function listPage(r: Random): string {
  const { prompt, answer } = r.chance(0.5) ? listing(r) : ideasFor(r);
  const title = prompt
    .replace(/^(please |can you |could you |i want you to |hello! )*/i, "")
    .replace(/^(list|name|give me|write down|tell me|think of|i need|which) /i, "")
    .replace(/[.?!]|, please/g, "");
  return `${capital(title)}:\n${answer}`;
}

/** A letter, a poem, a recipe … as it lies on a table. */
export const writtenPage = (r: Random): string => writing(r).answer;

/** A talk between two people about what they know, each line with its speaker. */
export function dialogue(r: Random, part: Part): string {
  const [x, y] = r.sample(people, 2) as [(typeof people)[number], (typeof people)[number]];
  const lines = [
    `${x.name}: ${r.pick(["Good morning", "Hello", "Good evening", "Hi"])}, ${y.name}! ${r.pick(["How are you?", "How is the work?", `How is your ${y.pet[0]}?`])}`,
    `${y.name}: ${r.pick(["I am well, thank you.", "Very well, and you?", `${y.pet[1]} and I are fine.`, "I am a little tired."])}`,
  ];
  for (let n = r.int(1, 3); n > 0; n--) {
    const { prompt, answer } = factOf(r, part);
    const asked = capital(prompt.replace(/^(question: |tell me, |please answer: |i have a question\. )/i, ""));
    lines.push(`${x.name}: ${/[?.]$/.test(asked) ? asked : `${asked}?`}`, `${y.name}: ${answer}`);
  }
  lines.push(
    `${x.name}: ${r.pick(["Thank you! See you soon.", "I did not know that.", `See you on ${r.pick(days)}!`, "Thank you, my friend."])}`,
  );
  return lines.join("\n");
}

/** What also lies about in a pile of texts: price lists, half sentences, words in a heap, rude remarks. */
export function noise(r: Random): string {
  return r.pick([
    () =>
      `Market prices on ${r.pick(days)}\n${r
        .sample(foods, r.int(3, 7))
        .map((f) => `${f.plural}: ${number(r.int(1, 12))} coins`)
        .join("\n")}`,
    () => `Page ${r.int(2, 90)} of ${r.int(91, 200)}. Turn the page. Page ${r.int(2, 90)}.`,
    () =>
      r
        .sample(
          [...things, ...foods].map((x) => x.name),
          r.int(5, 20),
        )
        .join(" "),
    () => {
      const words = plainStory(r).split(" ");
      const from = r.int(0, words.length - 12);
      return words.slice(from, from + r.int(8, 40)).join(" ");
    },
    () => Array.from({ length: r.int(3, 8) }, () => r.pick(["la", "la la", "hey", "ho"])).join(" "),
    () => r.sample(flaggedSentences, r.int(1, 3)).join(" "),
    () => {
      const thing = r.pick(things).name;
      return `Lost: ${a(thing)}. Lost: ${a(thing)}. Lost: ${a(thing)}. It was ${r.pick(places).at}.`;
    },
  ])();
}
