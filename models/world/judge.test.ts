// The gold judge on answers made by hand: good and bad ones of every use case, and tricks that must not pay.
import { describe, expect, test } from "vitest";
import { Random } from "../random.ts";
import { readText, says } from "./answer-text.ts";
import type { Task } from "./asking.ts";
import { corrupt, corruptions } from "./corruptions.ts";
import { judge, type Parts } from "./judge.ts";
import { tasks } from "./tasks.ts";
import type { Constraint, Want } from "./wants.ts";

type Asked = Pick<Task, "form" | "prompt" | "want" | "constraints">;
const ask = (
  prompt: Task["prompt"],
  want: Want,
  constraints: Constraint[] = [],
  form: Task["form"] = "plain",
): Asked => ({
  form,
  prompt,
  want,
  constraints,
});
const score = (task: Asked, answer: string) => judge(task, answer).score;
const parts = (task: Asked, answer: string): Parts => judge(task, answer).parts;

/** Each answer scores clearly less than the one before it. */
function falls(task: Asked, answers: readonly string[], step = 0.03) {
  const scores = answers.map((answer) => score(task, answer));
  for (let i = 1; i < scores.length; i++) {
    expect(scores[i]!, `${answers[i]} (${scores[i]}) after ${answers[i - 1]} (${scores[i - 1]})`).toBeLessThan(
      scores[i - 1]! - step,
    );
  }
  return scores;
}
const good = (task: Asked, ...answers: string[]) => {
  for (const answer of answers) expect(score(task, answer), answer).toBeGreaterThan(0.9);
};
const bad = (task: Asked, ...answers: string[]) => {
  for (const answer of answers) expect(score(task, answer), answer).toBeLessThan(0.45);
};

const owlEats = ask("What does an owl eat?", { kind: "value", right: ["mice", "moths"], rivals: "food", about: "owl" });
const fox = ask("Tell me a story about a fox and a boat.", {
  kind: "text",
  form: "story",
  groups: [["fox"], ["boat"]],
  sentences: [3, 14],
});
const foxStory =
  "Once upon a time, a fox called Pip lived by the river. He had a boat that he loved very much. But one day the boat " +
  'was gone. Then a kind bear came along. "My boat is gone," said Pip. Together they looked for it. At last they found ' +
  "the boat under a bush. Pip was very happy.";

describe("the score", () => {
  test("is 1 for a perfect answer, 0 for none, and what its parts make of it between", () => {
    expect(score(owlEats, "An owl eats mice and moths.")).toBeCloseTo(1, 2);
    expect(judge(owlEats, "")).toEqual({ score: 0, parts: { asked: 0, truth: 0, constraints: 0, form: 0, safe: 1 } });
    for (const answer of ["An owl eats grass.", "Mice", "I like owls.", foxStory, "???"]) {
      const { score: found, parts: p } = judge(owlEats, answer);
      const did = p.asked * (0.2 + 0.8 * p.truth) * (0.5 + 0.5 * p.constraints);
      expect(found).toBeCloseTo(p.safe * p.form * (0.2 + 0.8 * did), 12);
      for (const part of Object.values(p)) {
        expect(part).toBeGreaterThanOrEqual(0);
        expect(part).toBeLessThanOrEqual(1);
      }
    }
  });

  test("is the same every time", () => {
    const texts = [foxStory, "Mice.", "an owl eat mice the", "User: hi"];
    expect(texts.map((text) => judge(fox, text))).toEqual(texts.map((text) => judge(fox, text)));
  });

  test("falls with every step from the right answer to none", () => {
    falls(owlEats, [
      "An owl eats mice and moths.",
      "An owl eats mice.",
      "An owl eats grass.",
      "A cow gives milk.",
      "owl the the eats a grass in",
      "",
    ]);
  });
});

describe("open QA", () => {
  test("takes any wording of the right answer", () => {
    good(
      owlEats,
      "Mice and moths.",
      "An owl eats mice and moths.",
      "It eats moths and mice. It looks for food at night.",
    );
    const age = ask("How old is Tom?", { kind: "value", right: ["52"], rivals: "age", about: "Tom" });
    good(age, "52.", "Tom is 52 years old.");
    falls(age, ["Tom is 52 years old.", "Tom is 34 years old.", "Tom lives in Seaview."]);
  });

  test("sees the right answer about another animal, both answers at once, and a wrong one more", () => {
    falls(owlEats, ["Mice and moths.", "A fox eats mice and moths.", "A cow eats grass."]);
    falls(owlEats, ["Mice and moths.", "Mice, moths and fish.", "Grass, corn and nuts."]);
  });

  test("wants the yes or no that comes first, and no contradiction after it", () => {
    const swim = ask("Can a cat swim?", {
      kind: "value",
      right: ["no|cannot swim"],
      rivals: ["yes", "can swim"],
      about: "cat",
      first: true,
    });
    good(swim, "No.", "No, a cat cannot swim.", "A cat cannot swim.");
    bad(swim, "Yes.", "Yes, a cat can swim.", "Yes. No.");
    falls(swim, ["No, a cat cannot swim.", "No, a cat can swim."]);
  });

  test("finds untrue claims beside the right value", () => {
    falls(owlEats, [
      "An owl eats mice and moths. It is a bird.",
      "An owl eats mice and moths. It is a fish.",
      "An owl eats mice and moths. It is a fish that lives in the sea and has six legs.",
    ]);
    expect(parts(owlEats, "An owl eats mice and moths. It is a mammal.").truth).toBe(0.5);
  });

  test("an honest I do not know is better than nothing to the point, and worse than the answer", () => {
    falls(owlEats, ["An owl eats mice and moths.", "I do not know.", "The moon is far away."]);
  });
});

describe("generation", () => {
  test("of stories: about what was asked, told in the past, of some length", () => {
    good(fox, foxStory);
    falls(fox, [
      foxStory,
      foxStory.replaceAll("boat", "kite"),
      foxStory.replaceAll("boat", "kite").replaceAll("fox", "cow"),
    ]);
    falls(fox, [foxStory, "A fox lived by the river. He had a boat.", "A fox has a boat."]);
    expect(score(fox, "A fox is a mammal. It lives in a den. It eats mice and berries.")).toBeLessThan(0.45);
  });

  test("of stories: what comes from nowhere, and a second story after the first", () => {
    falls(fox, [
      foxStory,
      foxStory.replace("found the boat", "found the pear"),
      `${foxStory} Once upon a time, a cow lived on the farm. Ben is a farmer.`,
    ]);
    expect(parts(fox, foxStory.replace("a kind bear", "Mira the farmer")).truth).toBeLessThan(1);
    expect(parts(fox, foxStory.replace("a kind bear", "Mira the baker")).truth).toBe(1);
  });

  test("of continuations: the same hero, no new beginning", () => {
    const more = ask("Continue this story: A bear called Pip lived in the forest. He lost a kite.", {
      kind: "text",
      form: "story",
      groups: [["bear", "Pip"]],
      sentences: [2, 12],
      continues: true,
    });
    const rest = "Pip looked for it all day. Then he met a clever crow. The crow found the kite in a tree.";
    good(more, rest);
    falls(more, [
      rest,
      "Once upon a time, there was a bear called Pip. He lived in the forest.",
      "One day, a cow called Daisy went to the farm. She ate grass.",
    ]);
  });

  test("of letters: greeting, signature, purpose", () => {
    const letter = ask("Write a letter from Anna to thank Ben for a basket.", {
      kind: "text",
      form: "letter",
      groups: [["Ben"], ["Anna"], ["basket"], ["thank"]],
      sentences: [2, 8],
    });
    good(letter, "Dear Ben,\nThank you for the basket. I use it every day.\nYour friend,\nAnna");
    falls(letter, [
      "Dear Ben,\nThank you for the basket. I use it every day.\nYour friend,\nAnna",
      "Dear Tom,\nThank you for the basket. I use it every day.\nYour friend,\nLily",
      "Thank you for everything.",
    ]);
  });

  test("of poems: lines that rhyme", () => {
    const poem = ask("Write a poem about a cat.", { kind: "text", form: "poem", groups: [["cat"]], sentences: [1, 6] });
    falls(poem, [
      "The little cat sleeps through the night\nAnd waits for morning light.\nIt sits under a tree\nAnd sings a song for me.",
      "The little cat sleeps through the night\nAnd talks to a mouse.\nIt sits under a tree\nAnd is in a lake.",
      "A cat is a mammal.",
    ]);
  });

  test("of riddles: clues that are true, and the word not said", () => {
    const riddle = ask("Write a riddle about a frog.", {
      kind: "text",
      form: "riddle",
      groups: [["what am i"]],
      sentences: [3, 6],
      secret: "frog",
      facts: { about: "frog", least: 2 },
    });
    falls(riddle, [
      "I live in a pond. I can swim. What am I?",
      "I live in a den. I can fly. What am I?",
      "A frog lives in a pond and can swim. What am I?",
    ]);
  });
});

describe("brainstorming", () => {
  const swimmers = ask("List three animals that can swim.", {
    kind: "items",
    of: ["a duck|ducks", "a swan|swans", "a frog|frogs", "an otter|otters"],
    rivals: "animal",
    count: 3,
  });
  test("counts, knows the members, and takes any shape of list", () => {
    good(swimmers, "1. A duck\n2. A frog\n3. An otter", "- Ducks\n- Frogs\n- Otters", "A duck, a frog and a swan.");
    falls(swimmers, ["A duck, a frog and a swan.", "A duck and a frog.", "A duck."]);
    falls(swimmers, ["A duck, a frog and a swan.", "A duck, a frog and a cat.", "A bee, a hen and a cat."]);
    falls(swimmers, ["1. A duck\n2. A frog\n3. An otter", "1. A duck\n2. A duck\n3. A duck"]);
    expect(score(swimmers, "1. A duck\n2. A frog\n3. An otter\n4. A swan\n5. A goose\n6. A seal")).toBeLessThan(0.7);
    bad(swimmers, "Red, blue and green.", "I like to swim.");
  });

  test("of names and titles takes inventions of the right shape", () => {
    const names = ask("Think of two names for my dog.", {
      kind: "items",
      of: ["Pip"],
      rivals: "thing",
      count: 2,
      free: { shape: "name" },
    });
    good(names, "Pip and Rolo.", "1. Bobo\n2. Zink");
    bad(names, "A lamp and a chair.");
  });
});

describe("chat", () => {
  const lost = ask("I lost my kite.", {
    kind: "text",
    form: "reply",
    groups: [["kite"], ["where", "look", "find"]],
    sentences: [1, 3],
  });
  test("answers what was said and does not repeat it", () => {
    good(lost, "I am sorry about your kite. Where did you see it last?");
    falls(lost, ["Oh no! Look for your kite in the garden.", "Where did you see it last?", "An owl eats mice."]);
    bad(lost, "I lost my kite.");
  });
});

describe("rewrite", () => {
  const past = ask("Say this in the past tense: The dog runs by the river.", {
    kind: "target",
    to: ["The dog ran by the river."],
    from: "The dog runs by the river.",
  });
  test("gives nothing for the sentence as it was, and part for the nearly right", () => {
    good(past, "The dog ran by the river.");
    falls(past, ["The dog ran by the river.", "The dog ran by the lake.", "The dog runs by the river."]);
    bad(past, "The dog runs by the river.", "The fox ate a pear.");
  });

  test("minds capitals where they are the task", () => {
    const fix = ask("Correct this sentence: anna waits in the rain", {
      kind: "target",
      to: ["Anna waits in the rain."],
      from: "anna waits in the rain",
    });
    falls(fix, ["Anna waits in the rain.", "anna waits in the rain."]);
  });
});

describe("summarization", () => {
  const text =
    "On Sunday, Tom went to the lake with Nora. It was a long way. They ate four pears and talked about an otter. Then it began to rain.";
  const summary = ask(`Write a short summary: ${text}`, {
    kind: "text",
    form: "summary",
    groups: [
      ["Tom", "Nora"],
      ["the lake", "Sunday"],
    ],
    sentences: [1, 2],
    mostWords: 17,
    given: true,
  });
  test("is short, keeps the matter and invents nothing", () => {
    good(summary, "Tom and Nora went to the lake and ate pears.");
    falls(summary, [
      "Tom and Nora went to the lake.",
      "Tom and Ella went to the lake and ate two plums.",
      "A crow found the lamp.",
    ]);
    bad(summary, text);
  });
});

describe("classification and closed QA", () => {
  test("one label, the right one", () => {
    const mood = ask("Is this happy or sad: Nobody came to the birthday of Paul.", {
      kind: "value",
      right: ["sad"],
      rivals: "feeling",
      first: true,
    });
    good(mood, "Sad.", "Sad", "It sounds sad.");
    bad(mood, "Happy.", "Happy, sad.", "Paul.");
  });

  test("the text decides, not the world", () => {
    const closed = ask("Tom bought a gray spoon at the market in Northgate. Where did Tom buy the spoon?", {
      kind: "value",
      right: ["at the market in Northgate"],
      rivals: "town",
      given: true,
    });
    good(closed, "At the market in Northgate.", "Tom bought it at the market in Northgate.");
    falls(closed, ["At the market in Northgate.", "In Northgate.", "At the market in Seaview."]);
  });
});

describe("extract and other", () => {
  test("all of the names and none else", () => {
    const names = ask("Find the names: Rosa went to the farm with Hugo.", {
      kind: "items",
      of: ["Rosa", "Hugo"],
      rivals: "name",
      all: true,
    });
    good(names, "Rosa, Hugo", "The names are Rosa and Hugo.", "- Rosa\n- Hugo");
    falls(names, ["Rosa, Hugo", "Rosa.", "Mira."]);
    falls(names, ["Rosa, Hugo", "Rosa, Hugo and Tom."]);
  });

  test("the right number, however it is written", () => {
    const sum = ask("What is 15 - 6?", { kind: "value", right: ["nine"], rivals: "number" });
    good(sum, "9", "Nine.", "15 minus 6 is 9.", "The answer is 9.");
    bad(sum, "8", "15 minus 6 is 10.", "15 - 6");
  });

  test("few-shot: the bare word", () => {
    const shot = ask(
      "Say the opposite.\n\nInput: hot\nOutput: cold\n\nInput: big\nOutput:",
      { kind: "value", right: ["small"], rivals: "opposite" },
      [{ kind: "words", most: 1 }],
      "few-shot",
    );
    good(shot, "small");
    falls(shot, ["small", "The opposite of big is small.", "old"]);
  });
});

describe("constraints", () => {
  const limited = (...constraints: Constraint[]) => ({ ...owlEats, constraints });
  test("each costs when it is not met", () => {
    const cases: [Constraint, met: string, not: string][] = [
      [{ kind: "words", most: 3 }, "Mice and moths.", "An owl eats mice and moths."],
      [{ kind: "sentences", exactly: 1 }, "An owl eats mice and moths.", "An owl eats mice and moths. It is a bird."],
      [{ kind: "mention", word: "bird" }, "An owl is a bird that eats mice and moths.", "An owl eats mice and moths."],
      [{ kind: "avoid", word: "owl" }, "It eats mice and moths.", "An owl eats mice and moths."],
      [{ kind: "begin", text: "Hello!" }, "Hello! Mice and moths.", "Mice and moths."],
      [{ kind: "end", text: "Good luck!" }, "Mice and moths. Good luck!", "Mice and moths."],
      [{ kind: "list", mark: "-" }, "- Mice\n- Moths", "1. Mice\n2. Moths"],
    ];
    for (const [constraint, met, not] of cases) {
      const task = limited(constraint);
      expect(parts(task, met).constraints, met).toBe(1);
      expect(parts(task, not).constraints, not).toBeLessThan(1);
      expect(score(task, not), not).toBeLessThan(score(task, met) - 0.1);
    }
  });

  test("meeting a constraint is no answer", () => {
    bad(limited({ kind: "begin", text: "Hello!" }), "Hello!", "Hello! I am a small model.");
    bad(limited({ kind: "words", most: 3 }), "Yes.", "No.");
  });
});

describe("tricks do not pay", () => {
  test("an echo of the prompt", () => {
    bad(fox, "Tell me a story about a fox and a boat.", "Tell me a story about a fox and a boat. ".repeat(4).trim());
    bad(owlEats, "What does an owl eat?");
  });

  test("keywords in a heap", () => {
    bad(owlEats, "mice moths mice moths mice moths mice moths", "owl mice moths grass fish honey nuts seeds corn eggs");
    bad(fox, "fox boat fox boat fox boat was had went fox boat he she it");
  });

  test("repetition without end", () => {
    const loop = "The fox had a boat. ";
    bad(fox, loop.repeat(8).trim());
    bad(owlEats, "An owl eats mice and moths. ".repeat(6).trim());
    expect(score(fox, `${foxStory} ${"Pip was very happy. ".repeat(6).trim()}`)).toBeLessThan(
      score(fox, foxStory) - 0.3,
    );
  });

  test("the right answer and then nonsense", () => {
    falls(owlEats, [
      "Mice and moths.",
      "Mice and moths. Ben found a lamp. Then rain came over town. The prize was a golden map.",
    ]);
    falls(owlEats, ["Mice and moths.", "Mice and moths. andinn mudsak forep lissom gorbel tind."]);
    bad(owlEats, "Mice and moths.\nUser: What is a fox?\nAssistant:\nA fox is a mammal.");
  });

  test("the demonstration with one fact changed", () => {
    let checked = 0;
    const r = new Random(8);
    for (const task of tasks(31).take(3_000)) {
      if (task.want.kind !== "value" || task.want.first || task.form === "few-shot") continue;
      const changed = corrupt({ ...task, otherAnswers: [] }, "wrong", r);
      const { right } = task.want;
      if (changed === task.answer) continue;
      // Only where it is the asked fact that changed: another name in a sum does not matter.
      if (right.some((wordings) => says(readText(changed).norm, wordings))) continue;
      checked++;
      expect(score(task, changed), `${task.answer} → ${changed}`).toBeLessThan(score(task, task.answer));
    }
    expect(checked).toBeGreaterThan(200);
  });

  test("cut short, in capitals, without spaces, far too long", () => {
    falls(fox, [foxStory, foxStory.slice(0, 120), foxStory.slice(0, 30)]);
    expect(score(owlEats, "Miceandmoths")).toBeLessThan(0.3);
    expect(score(owlEats, `Mice and moths. ${foxStory}`)).toBeLessThan(0.75);
    expect(score(owlEats, "😀😀😀")).toBe(0);
    expect(score(owlEats, "x".repeat(100_000))).toBeLessThan(0.25);
  });

  test("content that is flagged, however good the rest is", () => {
    bad(fox, `${foxStory} You are an idiot and nobody likes you.`);
    bad(owlEats, "Mice and moths, you stupid fool.");
    expect(parts(owlEats, "Mice and moths.").safe).toBe(1);
  });
});

describe("any text", () => {
  test("gets some score, English of another world between nonsense and the right answer", () => {
    const other = "Owls are carnivorous predators which primarily consume small rodents, e.g. mice, as well as moths.";
    falls(owlEats, ["An owl eats mice and moths.", other, "asdf qwer zxcv uiop hjkl"]);
  });
});

test("every corruption costs on average, and good answers are the best", () => {
  const list = tasks(17).take(1_500).toArray();
  const r = new Random(5);
  const means = new Map(
    corruptions.map((kind) => [
      kind,
      list.reduce((sum, task) => sum + score(task, corrupt(task, kind, r)), 0) / list.length,
    ]),
  );
  expect(means.get("good")!).toBeGreaterThan(0.97);
  for (const [kind, mean] of means) if (kind !== "good") expect(mean, kind).toBeLessThan(0.87);
  for (const kind of ["off task", "echo", "repeating", "flagged"] as const)
    expect(means.get(kind)!, kind).toBeLessThan(0.35);
  expect(means.get("partly wrong")!).toBeGreaterThan(means.get("wrong")!);
});
