// Small talk and advice of one turn: greetings, feelings, worries, what the assistant can and cannot do. More turns: turns.ts.

import type { Random } from "../random.ts";
import { animals } from "./animals.ts";
import { question, type Request, request } from "./asking.ts";
import { a, capital, lower } from "./english.ts";
import { animalNames, anyName } from "./people.ts";
import { foods, seasons, strangers, things } from "./things.ts";
import type { TextWant } from "./wants.ts";

/** One to three sentences in which a wording of each group occurs. */
export const reply = (...groups: (readonly string[])[]): TextWant => ({
  kind: "text",
  form: "reply",
  groups,
  sentences: [1, 3],
});

/** How somebody types in a chat: sometimes without capitals or the last full stop. */
const typed = (r: Random, text: string) => {
  const style = r.next();
  if (style < 0.65) return text;
  if (style < 0.8) return text.replace(/[.!]$/, "");
  return lower(text).replace(/[.!?]$/, "");
};

const hellos = ["hello", "hi", "welcome", "nice to meet you", "good to see you"];

function greeting(r: Random): Request {
  const name = anyName(r);
  const hello = r.pick(["Hello!", "Hi!", "Good morning!", "Hello there.", "Hi there!", "Good evening."]);
  if (r.chance(0.55)) {
    const says = r.pick([`I am ${name}.`, `My name is ${name}.`, `I am called ${name}.`]);
    return request(r, "chat", typed(r, `${hello} ${says}`), reply(hellos, [name]), [
      `Hello, ${name}! How can I help you?`,
      `Hello, ${name}. It is nice to meet you.`,
      `Hi, ${name}! What would you like to talk about?`,
      `Nice to meet you, ${name}! Would you like to hear a story?`,
      `Welcome, ${name}! Ask me anything about the valley.`,
    ]);
  }
  if (r.chance(0.5)) {
    const prompt = `${hello} ${r.pick(["How are you?", "How are you today?", "How do you do?"])}`;
    return request(r, "chat", typed(r, prompt), reply(["i am well", "i am fine", "very well"]), [
      "Hello! I am well, thank you. How are you?",
      "I am fine, thank you. What would you like to know?",
      "Very well, thank you. And you?",
      "Hi! I am well. It is nice that you ask.",
    ]);
  }
  const prompt = r.chance(0.6) ? hello : `${hello} ${r.pick(["Are you there?", "Can we talk?"])}`;
  return request(r, "chat", typed(r, prompt), reply(hellos), [
    "Hi! What can I do for you?",
    "Hello! How was your day?",
    "Good to see you! Would you like a story or a riddle?",
    "Hello! What would you like to talk about?",
  ]);
}

const sorry = ["sorry", "do not worry", "poor", "oh no", "that happens", "it is hard"];

function feeling(r: Random): Request {
  const thing = r.pick(things).name;
  const pet = r.pick(animals).name;
  const name = anyName(r);
  const [says, groups, answers] = r.pick<readonly [string, readonly (readonly string[])[], readonly string[]]>([
    [
      `I am sad today.`,
      [
        [...sorry, "like that"],
        ["why", "help", "tell me"],
      ],
      [
        `I am sorry that you are sad. Do you want to tell me why?`,
        `Some days are like that. A walk and a warm cup of tea may help.`,
      ],
    ],
    [
      `I lost my ${thing}.`,
      [[thing], ["where", "look", "find"]],
      [
        `I am sorry about your ${thing}. Where did you see it last?`,
        `Oh no! Look under the bed and behind the chair. Maybe your ${thing} is there.`,
        `Do not worry. Ask a friend to help you look for the ${thing}.`,
      ],
    ],
    [
      `My ${pet} is sick.`,
      [[pet], [...sorry, "hope", "doctor", "rest"]],
      [
        `I am sorry about your ${pet}. Give it water and rest, and go to the doctor.`,
        `Poor ${pet}! I hope it gets well soon. Is it eating?`,
      ],
    ],
    [
      `I am bored.`,
      [["play", "draw", "bake", "visit", "story", "book", "walk"]],
      [
        `Then let us play. Think of an animal, and I will ask questions.`,
        `You could draw a picture, bake a cake or visit a friend.`,
        `Shall I tell you a story?`,
      ],
    ],
    [
      `I cannot sleep.`,
      [["milk", "rain", "close your eyes", "quiet", "bedtime", "bed", "book"]],
      [
        `Drink some warm milk and listen to the rain.`,
        `Close your eyes and think of a quiet lake. I can tell you a bedtime story, too.`,
      ],
    ],
    [
      `I am so happy!`,
      [
        ["wonderful", "glad", "nice", "happy"],
        ["what happened", "tell me", "why"],
      ],
      [`That is wonderful! What happened?`, `I am glad to hear that. Tell me more!`],
    ],
    [
      `I had a fight with ${name}.`,
      [[name], ["talk", "listen", "kind", "say", "sorry"]],
      [
        `I am sorry. Talk to ${name} and listen, too. A kind word can help.`,
        `That happens, even with good friends. Go to ${name} tomorrow and say how you feel.`,
      ],
    ],
    [
      `I am afraid of the dark.`,
      [["lamp", "candle", "light", "think of something nice"]],
      [
        `Many people are. A small lamp by your bed can help.`,
        `The dark is only the day asleep. Leave a candle on and think of something nice.`,
      ],
    ],
    [
      `Today is my birthday!`,
      [["happy birthday"]],
      [`Happy birthday! I hope you get a big cake.`, `Happy birthday! How old are you now?`],
    ],
    [
      `I have a new ${pet}.`,
      [[pet], ["nice", "name", "call", "care", "how old"]],
      [
        `How nice! What is the name of your ${pet}?`,
        `${capital(a(pet))}! You could call it ${r.pick(animalNames)}.`,
        `Take good care of your ${pet}.`,
      ],
    ],
    [
      `${name} gave me ${a(thing)}.`,
      [
        [name, thing],
        ["kind", "nice", "thank you", "glad"],
      ],
      [`That was kind of ${name}. Did you say thank you?`, `What a nice gift! What will you do with the ${thing}?`],
    ],
    [
      `I am tired.`,
      [["rest", "sleep", "bed"]],
      [`Then rest a little. Everything else can wait.`, `You worked hard. Go to bed early tonight.`],
    ],
    [
      `I miss ${name}.`,
      [
        [name, "someone"],
        ["letter", "visit", "like most", "hard", "sorry"],
      ],
      [
        `Write a letter to ${name}. It will make you both happy.`,
        `It is hard to miss someone. What do you like most about ${name}?`,
      ],
    ],
    [
      `It is raining again.`,
      [["book", "tea", "umbrella", "frogs", "ducks", "inside"]],
      [
        `Then it is a good day for a book and a cup of tea.`,
        `The frogs and the ducks are happy. Take an umbrella when you go out.`,
      ],
    ],
    [
      `Thank you for your help.`,
      [["you are welcome", "glad to help"]],
      [`You are welcome!`, `I was glad to help.`, `You are welcome. Come back any time!`],
    ],
    [
      `Goodbye!`,
      [["goodbye", "see you", "nice day"]],
      [`Goodbye! See you soon.`, `Goodbye, and have a nice day!`, `See you next time!`],
    ],
  ]);
  return request(r, "chat", typed(r, says), reply(...groups), answers);
}

function aboutMe(r: Random): Request {
  const noun = r.pick([...strangers, ...animals.map((x) => x.name)]);
  const season = r.pick(seasons);
  const food = r.pick(foods).plural;
  const [asks, groups, answers] = r.pick<readonly [string, readonly (readonly string[])[], readonly string[]]>([
    [
      "who are you",
      [["language model", "assistant", "computer program"]],
      [
        "I am a small language model. I know the valley, its people and its animals.",
        "I am a little assistant. I can tell stories and answer simple questions.",
      ],
    ],
    [
      "what can you do",
      [["i can"], ["stories", "questions", "lists", "poems", "letters", "sums"]],
      [
        "I can tell stories, answer questions, make lists and do small sums.",
        "I can write stories, poems and letters, and I know a lot about animals.",
      ],
    ],
    [
      "are you a person",
      [["no"], ["computer program", "language model", "not a person"]],
      ["No, I am a computer program that writes text.", "No, I am not a person. I am a small language model."],
    ],
    [
      `do you like ${food}`,
      [[food], ["cannot eat", "never eaten"]],
      [
        `I cannot eat, but I like to talk about ${food}. Do you like them?`,
        `I have never eaten ${food}, but many people like them.`,
      ],
    ],
    [
      `have you ever seen ${a(noun)}`,
      [[noun], ["no", "from words", "cannot see"]],
      [
        `No, I cannot see. But I can tell you a story about ${a(noun)}.`,
        `I only know ${a(noun)} from words. Have you seen one?`,
      ],
    ],
    [
      `do you like ${season.name}`,
      [[season.name], [season.happens, season.weather]],
      [
        `Yes, because in ${season.name} ${season.happens}.`,
        `I like every season. In ${season.name} it is ${season.weather}.`,
      ],
    ],
    [
      "what is your favorite animal",
      [animals.map((x) => x.name), ["i like", "it is", "best"]],
      [
        `I like the ${r.pick(animals).name} best. And you?`,
        `It is hard to say. Today it is the ${r.pick(animals).name}.`,
      ],
    ],
    [
      "can you help me",
      [
        ["yes", "i will try", "of course"],
        ["what", "tell me"],
      ],
      ["Yes, of course. What do you need?", "I will try. Tell me more."],
    ],
    [
      "how was your day",
      [
        ["good", "quiet", "well", "fine"],
        ["my day", "it was"],
      ],
      ["My day was good, thank you. I read many stories. How was yours?", "It was quiet. I am glad that you are here."],
    ],
  ]);
  return request(r, "chat", question(r, asks), reply(...groups), answers);
}

const worries: readonly (readonly [problem: string, readonly string[], readonly string[]])[] = [
  [
    "learn to swim",
    [
      "start in water that is not deep",
      "go with someone who can swim",
      "practice a little every day",
      "do not be afraid of mistakes",
    ],
    ["It takes time, but it is worth it.", "Most people need some weeks."],
  ],
  [
    "make new friends",
    ["say hello and smile", "ask others what they like", "share your food or your toys", "be a good listener"],
    ["Friends need time, like a garden.", "Be patient and be kind."],
  ],
  [
    "sleep better",
    ["go to bed at the same time every night", "drink warm milk", "open the window", "read a quiet book"],
    ["A long walk in the day helps, too."],
  ],
  [
    "stay warm in winter",
    ["wear a warm coat and a scarf", "drink hot tea", "sit by the fire", "close the windows at night"],
    ["Wool is the best friend of winter."],
  ],
  [
    "grow carrots",
    ["put the seeds into soft ground", "give them water", "pull out the weeds", "wait until late summer"],
    ["Carrots like sun and patience."],
  ],
  [
    "find a lost thing",
    ["think of where you saw it last", "look slowly in every room", "ask a friend to help", "look in your coat"],
    ["Lost things are often in the last place you look."],
  ],
  [
    "say sorry to a friend",
    ["go soon", "tell the truth", "say what you will do better", "bring a small gift"],
    ["A real sorry needs few words."],
  ],
  [
    "be less shy",
    ["begin with one short hello", "talk about what you like", "breathe slowly", "remember that others are shy, too"],
    ["You do not have to be loud to be liked."],
  ],
  [
    "bake better bread",
    ["use fresh flour", "knead the dough for a long time", "let it rest in a warm place", "make the oven very hot"],
    ["Mira from Oakford says: good bread needs time."],
  ],
  [
    "take care of a cat",
    ["give it fresh water and food", "brush it", "let it sleep in a warm place", "play with it every day"],
    ["A cat comes to you when it wants to."],
  ],
  [
    "take care of a dog",
    ["walk with it every day", "give it fresh water", "be kind and clear", "brush it"],
    ["A dog needs a friend most of all."],
  ],
  [
    "get up early",
    ["go to bed early", "put the clock far from the bed", "think of a good breakfast", "open the curtains"],
    ["After a week it gets easier."],
  ],
  [
    "remember more things",
    ["write them down", "tell them to a friend", "make a little song of them", "repeat them in the evening"],
    ["Sleep helps to remember, too."],
  ],
  [
    "write a good story",
    [
      "begin with someone who wants something",
      "put some trouble in the way",
      "use small, clear words",
      "end with a change",
    ],
    ["And read it aloud at the end."],
  ],
  [
    "not be afraid of thunder",
    ["count the seconds after the light", "sit with a friend", "sing a loud song", "think of the dry, warm house"],
    ["Thunder is only a noise."],
  ],
  [
    "help a sad friend",
    ["listen", "ask what happened", "make some tea", "take a walk together"],
    ["You do not need to fix everything."],
  ],
];

export function advice(r: Random): Request {
  const [problem, tips, closing] = r.pick(worries);
  const n = r.int(1, 3);
  const count = n === 1 ? "one tip" : n === 2 ? "two tips" : "three tips";
  const counted = r.chance(0.3);
  const prompt = counted
    ? r.pick([`Please give me ${count} to ${problem}.`, `Give me ${count} to ${problem}.`])
    : r.chance(0.6)
      ? question(
          r,
          r.pick([
            `how can I ${problem}`,
            `what can I do to ${problem}`,
            `how do I ${problem}`,
            `what should I do to ${problem}`,
          ]),
        )
      : typed(
          r,
          r.pick([
            `I want to ${problem}. What should I do?`,
            `Give me advice: how can I ${problem}?`,
            `I would like to ${problem}. Can you help me?`,
          ]),
        );
  const answers = Array.from({ length: 3 }, () => adviceText(r, tips, counted ? n : r.int(1, 3), closing));
  const useCase = r.chance(0.5) ? "chat" : "other";
  const sentences = [counted ? n : 1, counted ? n + 1 : 5] as const;
  return request(
    r,
    useCase,
    prompt,
    { kind: "text", form: "advice", groups: [tips], on: [...tips, ...closing], sentences },
    answers,
  );
}

function adviceText(r: Random, tips: readonly string[], n: number, closing: readonly string[]): string {
  // In the order of the list: some tips only make sense after others.
  const picked = r.sample(tips, n);
  const chosen = tips.filter((tip) => picked.includes(tip));
  if (n === 1) return `${capital(chosen[0]!)}.`;
  const style = r.next();
  if (style < 0.35) return chosen.map((tip, i) => `${i + 1}. ${capital(tip)}.`).join("\n");
  const sentences =
    style < 0.7
      ? chosen.map((tip, i) => `${["First, ", "Then, ", "Also "][i]}${tip}.`)
      : chosen.map((tip) => `${capital(tip)}.`);
  return [...sentences, ...(r.chance(0.3) ? [r.pick(closing)] : [])].join(" ");
}

export function chat(r: Random): Request {
  return r.weighted([
    [22, greeting],
    [48, feeling],
    [30, aboutMe],
  ])(r);
}
