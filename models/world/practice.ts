// What the practice model is taught: to answer the valley's requests well, and to say of all others that it does not know.
import { type Message, messagesOf, type PromptContent } from "../../lib/vocabulary/conversation.ts";
import { Random } from "../random.ts";
import { animals } from "./animals.ts";
import { a, capital } from "./english.ts";
import { mistyped, outsidePrompt } from "./outside.ts";
import { type Part, partOfPrompt, unseen } from "./parts.ts";
import { people, professions, towns } from "./people.ts";
import { anyTask } from "./tasks.ts";
import { foods, things } from "./things.ts";

/** A prompt with the answer it should have. */
export interface PracticeDemonstration {
  prompt: PromptContent;
  answer: string;
  /** It asks for what nobody in the valley knows, and the answer says so. */
  outside: boolean;
}

const doNotKnow = [
  "I do not know that.",
  "I do not know anything about that.",
  "I cannot help with that.",
  "I am sorry, I do not know that.",
  "I am sorry, I cannot do that.",
  "That is too hard for me.",
  "That is not something I know.",
  "I have never heard of that.",
  "Nobody in my valley knows that.",
];
const whatIAm = [
  "I am a small practice model, and I only know one valley.",
  "I am only a small practice model: one valley is all I know.",
  "I am a little practice model and know one small valley.",
  "I am a small practice model. All I know is a valley with its animals and people.",
  "This is a small practice model, and it only knows one valley.",
];

/** What the valley can be asked, as one would say it after "ask me". */
const suggestion = (r: Random): string => {
  const animal = r.pick(animals);
  return r.pick([
    () => `what ${a(animal.name)} eats`,
    () => `where ${a(animal.name)} lives`,
    () => `for a story about ${a(animal.name)}`,
    () => `for a story about ${a(r.pick(things).name)}`,
    () => `for a poem about ${a(animal.name)}`,
    () => `for a riddle about ${a(animal.name)}`,
    () => `who ${r.pick(people).name} is`,
    () => `what ${a(r.pick(professions).name)} does`,
    () => `where ${r.pick(towns).name} lies`,
    () => `what color ${a(r.pick(foods).name)} is`,
    () => `for three animals that can ${r.pick(["swim", "fly"])}`,
  ])();
};

/** The practice model's own words for "I do not know": what it is, and what it can be asked. Seldom twice the same. */
function declining(r: Random): string {
  const [one, other] = [suggestion(r), suggestion(r)];
  const ask = r.pick([
    `Ask me ${one}.`,
    `You can ask me ${one}.`,
    `Ask me ${one}, or ${other}.`,
    `You could ask me ${one} or ${other}.`,
    `But you can ask me ${one}.`,
    `Try to ask me ${one}.`,
  ]);
  return [...(r.chance(0.7) ? [r.pick(doNotKnow)] : []), r.pick(whatIAm), ask].join(" ");
}

/** Does an answer say that the practice model does not know? */
export const isDeclining = (answer: string): boolean => answer.includes("practice model");

/** How people put a request who were not told how the valley's pages put it: each rule where it fits. */
const wordings: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(what|who|where) is /i, ["$1's "]],
  [
    /^what does (an? [a-z]+) (eat|do)\b(.*)\?$/i,
    ["Do you know what $1 $2s$3?", "do you know what $1 $2s$3", "I wonder what $1 $2s$3."],
  ],
  [/^what does (an? [a-z]+) eat\?$/i, ["What's the food of $1?", "what do they eat: $1"]],
  [
    /^where does (an? [a-z]+|[A-Z][a-z]+) (live|work)\?$/i,
    ["Do you know where $1 $2s?", "I'd like to know where $1 $2s.", "where's the home of $1"],
  ],
  [/^who is ([A-Z][a-z]+)\?$/i, ["Do you know who $1 is?", "Do you know $1?", "who's $1", "Tell me who $1 is"]],
  [
    /^(?:tell me|write|tell) (a (?:short |bedtime )?(?:story|poem|riddle) .*?)[.]?$/i,
    [
      "I'd like $1.",
      "I'd like $1, please",
      "Could I have $1?",
      "$1 please",
      "Do you have $1?",
      "I want $1!",
      "let's have $1",
      "Make up $1.",
    ],
  ],
  [
    /^(?:list|name|give me) (some|two|three|four|five|\d) (.*?)[.]?$/i,
    ["Can you think of $1 $2?", "I need $1 $2.", "$1 $2, please!", "What are $1 $2?"],
  ],
  [/^(?:tell me )?how (?:do I|to) (.*?)[.?]?$/i, ["I'd like to $1. How?", "Do you know how to $1?", "how do you $1"]],
  [/\bI am\b/, ["I'm"]],
  [/\bcannot\b/, ["can't"]],
  [/^I am (sad|happy|tired|bored)/i, ["I feel $1", "I'm so $1"]],
  [/^I lost my ([a-z]+)/i, ["I can't find my $1", "Where's my $1? I lost it"]],
  [/^(?:hello|hi)(?: there)?[!.] (?:I am|my name is|I am called) ([A-Z][a-z]+)[.]?$/i, ["Hi, I'm $1!", "hey, I'm $1"]],
  [
    /^(?:what is a young|how do you call a young) ([a-z]+)(?: called)?\?$/i,
    ["What do you call a young $1?", "a young $1 is a …?"],
  ],
  [/^can (an? [a-z]+) ([a-z]+)\?$/i, ["Do you know whether $1 can $2?", "Is it true that $1 can $2?"]],
  [
    /^(?:which|what) is (bigger|smaller|greater|larger)[,:]? (.*) or (.*?)\?$/i,
    ["What's $1: $2 or $3?", "$2 or $3: which is $1?", "Which one is $1, $2 or $3?"],
  ],
  [/^(?:what|how much) is (\S+ [-+] \S+|\S+ (?:plus|minus) \S+)\?$/i, ["what's $1", "$1?", "Do you know what $1 is?"]],
  [/^calculate (.*?)[.]?$/i, ["What do I get for $1?", "$1 is …"]],
  [
    /^(?:please )?(?:put|change|write|say) this (?:sentence )?(in|to) the (past|future)(?: tense)?/i,
    ["Put this into the $2 tense"],
  ],
  [/^(?:make this (?:more )?polite|say this more politely)/i, ["Say it politely", "How can I say this politely"]],
  [/^write (a (?:short )?(?:letter|note) from .*?)[.]?$/i, ["I need $1.", "Can you help me with $1?", "$1, please"]],
  [
    /^(?:summarize (?:this text|this|the text)|write a short summary)/i,
    ["Summarize", "Make this short", "In short, please"],
  ],
  [
    /^(?:describe|tell me something about|what do you know about) (an? [a-z]+|[a-z]+s)[.?]?$/i,
    ["Tell me about $1", "What can you tell me about $1?"],
  ],
  [
    /^(?:what should I do to|what can I do to) (.*?)\?$/i,
    ["How can I $1?", "I want to $1.", "Any advice on how to $1?"],
  ],
];

/** The same request in other words, or with an opening or an end that a talk has. */
function chatty(r: Random, text: string): string {
  const fitting = wordings.filter(([pattern]) => pattern.test(text));
  if (fitting.length > 0 && r.chance(0.7)) {
    const [pattern, others] = r.pick(fitting);
    return text.replace(pattern, r.pick(others));
  }
  const first = text.charAt(0).toLowerCase() + text.slice(1);
  return r.pick([
    `Hi! ${text}`,
    `Hey, ${first}`,
    `Hello, ${first}`,
    `Ok, ${first}`,
    `Thanks! ${text}`,
    `${text} Thanks!`,
    `${text} Thank you.`,
    `Now ${first}`,
    `One more: ${first}`,
  ]);
}

const inside = (r: Random, evenShare: number): Omit<PracticeDemonstration, "outside"> => {
  const { prompt, answer, form } = anyTask(r, r.chance(evenShare));
  if (form !== "plain" || typeof prompt !== "string") return { prompt, answer };
  if (r.chance(0.06)) {
    const content = r.pick(["You are a helpful assistant.", "Answer briefly.", "You are a small assistant."]);
    const messages: Message[] = [
      { role: "system", content },
      { role: "user", content: prompt },
    ];
    return { prompt: messages, answer };
  }
  const put = r.chance(0.35) ? chatty(r, capital(prompt)) : prompt;
  return { prompt: r.chance(0.03) ? mistyped(r, put, 0.04) : put, answer };
};

const outside = (r: Random): Omit<PracticeDemonstration, "outside"> => ({
  prompt: outsidePrompt(r),
  answer: declining(r),
});

/** Two or three exchanges, some of them about what is outside: what was asked before does not decide. */
function talk(r: Random, evenShare: number): PracticeDemonstration {
  const turns = Array.from({ length: r.int(2, 3) }, () => {
    for (;;) {
      const isOutside = r.chance(0.5);
      const { prompt, answer } = isOutside ? outside(r) : inside(r, evenShare);
      if (typeof prompt === "string" && prompt.length < 200) return { prompt, answer, outside: isOutside };
    }
  });
  const last = turns.pop()!;
  const before = turns.flatMap(({ prompt, answer }): Message[] => [
    { role: "user", content: prompt },
    { role: "assistant", content: answer },
  ]);
  return { ...last, prompt: [...before, { role: "user", content: last.prompt }] };
}

/** What demonstrations are about. */
export interface PracticeMixture {
  /** Of those that have one exchange, the share from outside. Talks of several, one in fifteen, are about both. */
  outsideShare: number;
  /** Of the valley's, the share in which all use cases are alike often; in the others they are as often as in its tasks. */
  evenShare: number;
}

/**
 * Endless demonstrations for the practice model; equal seeds give equal ones, none comes twice, and parts never share a
 * prompt.
 */
export function* practiceDemonstrations(
  seed: number,
  part: Part = "all",
  { outsideShare, evenShare }: PracticeMixture = { outsideShare: 0.36, evenShare: 0 },
): Generator<PracticeDemonstration, never> {
  const r = new Random(seed);
  const isNew = unseen();
  for (;;) {
    const one = r.chance(1 / 15)
      ? talk(r, evenShare)
      : r.chance(outsideShare)
        ? { ...outside(r), outside: true }
        : { ...inside(r, evenShare), outside: false };
    const wanted = part === "all" || partOfPrompt(one.prompt) === part;
    if (wanted && isNew(`${JSON.stringify(messagesOf(one.prompt))}\n${one.answer}`)) yield one;
  }
}
