// Little stories of four to ten sentences: a beginning, some trouble, an end. One function per plot, chosen by what the
// story is to be about. Names in capitals at a sentence's start are set by paragraph().

import type { Random } from "../random.ts";
import type { Scene } from "./cast.ts";
import { a, number } from "./english.ts";
import { foods } from "./things.ts";

type Beats = (string | false)[];
export type Plot = (r: Random, s: Scene) => Beats;

const times = ["morning", "evening", "afternoon", "night", "day"];
const weathers = ["sunny", "rainy", "cold", "windy", "warm", "gray", "quiet", "bright", "foggy"];

/** First sentences: who and where. */
function opening(r: Random, { hero: h, place: p, home, placed, brief }: Scene): string {
  if (!placed && r.chance(0.18)) {
    return r.pick([
      `Once upon a time, there was ${h.intro}.`,
      `There was once ${h.intro}.`,
      `This is the story of ${h.intro}.`,
    ]);
  }
  const lived = (home === p.at || !(placed || h.intro.includes(home.slice(3)))) && r.chance(0.5);
  const first = lived
    ? r.pick([
        `Once upon a time, ${h.intro} lived ${home}.`,
        `Once there was ${h.intro} who lived ${home}.`,
        `Long ago, ${h.intro} lived ${home}.`,
        `${h.intro} lived ${home}.`,
        `Far away, ${home}, lived ${h.intro}.`,
      ])
    : r.pick([
        `One ${r.pick(weathers)} ${r.pick(times)}, ${h.intro} went ${p.to}.`,
        `One ${r.pick(times)}, ${h.intro} walked ${p.to}.`,
        `It was a ${r.pick(weathers)} ${r.pick(times)}, and ${h.intro} was ${p.at}.`,
        `Every ${r.pick(["morning", "evening", "day"])}, ${h.intro} went ${p.to}.`,
        `On a ${r.pick(weathers)} ${r.pick(times)}, ${h.intro} sat ${p.at}.`,
      ]);
  return !brief && (!lived || home === p.at) && r.chance(0.45) ? `${first} ${r.pick(p.looks)}` : first;
}

const wish = (r: Random, s: Scene, doing: string) =>
  r.pick([
    `${s.hero.name} wanted to ${doing}.`,
    `More than anything, ${s.hero.name} wanted to ${doing}.`,
    `${s.hero.name} had a dream: to ${doing}.`,
    `All ${s.hero.name} wanted was to ${doing}.`,
  ]);

const glad = (r: Random, s: Scene) =>
  r.pick([
    `${s.hero.name} was very happy.`,
    `${s.hero.name} laughed with joy.`,
    `${s.hero.name} smiled all the way home.`,
    `${s.hero.name} felt warm inside.`,
    `That night ${s.hero.name} slept well.`,
  ]);

const friends = (r: Random, s: Scene) =>
  r.pick([
    `From that day on, they were good friends.`,
    `After that, ${s.hero.name} and ${s.friend.name} were always together.`,
    `And so ${s.hero.name} found a friend.`,
    `They are still friends today.`,
    `Since then, ${s.friend.name} visits ${s.hero.name} every week.`,
  ]);

const sad = (r: Random, s: Scene) =>
  r.pick([
    `${s.hero.name} was sad.`,
    `${s.hero.name} began to cry.`,
    `${s.hero.name} sat down and did not know what to do.`,
    `${s.hero.name} felt very small.`,
    `Tears came to ${s.hero.name}'s eyes.`,
  ]);

const meets = (r: Random, s: Scene) =>
  r.pick([
    `Then ${s.friend.intro} came along.`,
    `Just then, ${s.friend.intro} came by.`,
    `Soon ${s.hero.he} met ${s.friend.intro}.`,
    `On the way ${s.hero.he} met ${s.friend.intro}.`,
    `Suddenly ${s.hero.he} saw ${s.friend.intro}.`,
  ]);

const asks = (r: Random, s: Scene) =>
  r.pick([
    `"What is wrong?" asked ${s.friend.name}.`,
    `"Why are you so sad?" asked ${s.friend.name}.`,
    `"Can I help you?" asked ${s.friend.name}.`,
    `"What happened?" ${s.friend.name} asked.`,
  ]);

const thanks = (r: Random, s: Scene) =>
  r.pick([
    `"Thank you!" said ${s.hero.name}.`,
    `"Thank you, my friend," said ${s.hero.name}.`,
    `${s.hero.name} thanked ${s.friend.name}.`,
    `"You are so kind," said ${s.hero.name}.`,
  ]);

const lost: Plot = (r, s) => {
  const { hero: h, friend: f, thing: t } = s;
  const where = r.pick([
    "under a bush",
    "in the long grass",
    "behind a big stone",
    "in a tree",
    "under the bed",
    "in the mud",
  ]);
  return [
    opening(r, s),
    r.pick([`${h.he} had ${a(t)} that ${h.he} loved very much.`, `${h.he} always took ${h.his} ${t} along.`]),
    r.pick([
      `But one day the ${t} was gone.`,
      `Then ${h.he} lost the ${t}.`,
      `But when ${h.he} looked for the ${t}, it was not there.`,
    ]),
    !s.brief && sad(r, s),
    !s.brief &&
      `${h.he} looked ${r.pick(["here and there", "in every corner", "all day long"])}, but ${h.he} could not find it.`,
    meets(r, s),
    !s.brief && asks(r, s),
    r.pick([`"I lost my ${t}," said ${h.name}.`, `"My ${t} is gone," said ${h.name}.`]),
    r.pick([
      `Together they looked for it.`,
      `"Let us look together," said ${f.name}.`,
      `${f.name} helped ${h.him} look.`,
    ]),
    r.pick([`At last they found the ${t} ${where}.`, `And there it was, ${where}!`, `${f.name} found it ${where}.`]),
    !s.brief && thanks(r, s),
    r.pick([glad(r, s), friends(r, s), `${h.name} never lost the ${t} again.`]),
  ];
};

const stuck: Plot = (r, s) => {
  const { hero: h, friend: f, thing: t } = s;
  const trap = r.pick(["in the mud", "in a deep hole", "in a net", "on a high rock", "in a thorn bush", "on the ice"]);
  return [
    opening(r, s),
    r.pick([
      `There ${h.he} heard a small voice.`,
      `Suddenly ${h.he} heard someone call.`,
      `Then there was a cry for help.`,
    ]),
    r.pick([`${f.intro} was stuck ${trap}.`, `It was ${f.intro}, who was stuck ${trap}.`]),
    !s.brief && r.pick([`"Help me!" cried ${f.name}.`, `"Please help me," said ${f.name}.`]),
    !s.brief &&
      r.pick([
        `${h.name} pulled, but it did not work.`,
        `${h.name} was too small to help alone.`,
        `${h.name} thought for a moment.`,
      ]),
    r.pick([
      `Then ${h.he} had an idea: ${h.he} could use ${a(t)}.`,
      `${h.he} ran home and came back with ${a(t)}.`,
      `With ${a(t)}, ${h.he} tried again.`,
    ]),
    r.pick([
      `It worked, and ${f.name} was free.`,
      `Slowly, slowly, ${f.name} came free.`,
      `At last ${f.name} was safe.`,
    ]),
    !s.brief &&
      r.pick([
        `"You saved me," said ${f.name}.`,
        `"How can I thank you?" asked ${f.name}. "Be my friend," said ${h.name}.`,
      ]),
    friends(r, s),
  ];
};

const lonely: Plot = (r, s) => {
  const { hero: h, friend: f, food } = s;
  return [
    opening(r, s),
    r.pick([`${h.he} had no one to play with.`, `${h.he} was often alone.`, `${h.he} had many things, but no friend.`]),
    !s.brief &&
      r.pick([
        `${h.he} talked to the wind, but the wind did not answer.`,
        `Every day was the same.`,
        `The evenings were long and quiet.`,
      ]),
    meets(r, s),
    r.pick([
      `"Do you want to play with me?" asked ${h.name}.`,
      `"Hello," said ${f.name}. "Who are you?"`,
      `At first ${h.name} was too shy to speak.`,
    ]),
    r.pick([
      `They shared some ${food}.`,
      `They played until it was dark.`,
      `They talked about the moon and the stars.`,
      `They built a house of leaves.`,
    ]),
    !s.brief &&
      r.pick([
        `"Will you come back tomorrow?" asked ${h.name}. "Yes," said ${f.name}.`,
        `${f.name} showed ${h.him} a secret path.`,
        `They laughed about every little thing.`,
      ]),
    r.pick([`${h.name} was not alone any more.`, friends(r, s), glad(r, s)]),
  ];
};

const skill: Plot = (r, s) => {
  const { hero: h, friend: f } = s;
  const what = s.skill;
  const n = r.int(2, 7);
  return [
    opening(r, s),
    wish(r, s, `learn to ${what}`),
    r.pick([
      `But it was hard.`,
      `The first day went badly.`,
      `The others laughed at ${h.him}.`,
      `${h.he} tried, but it did not work.`,
    ]),
    !s.brief && `${h.he} tried ${number(n)} times and failed ${number(n)} times.`,
    !s.brief && r.pick([`"I will never learn it," said ${h.name}.`, sad(r, s)]),
    r.pick([
      `"Do not give up," said ${f.intro}.`,
      `${f.intro} saw it and said, "Try it slowly."`,
      `${f.intro} showed ${h.him} how to do it.`,
    ]),
    r.pick([
      `So ${h.he} practiced every day.`,
      `So ${h.he} tried again and again.`,
      `Day after day, ${h.he} got a little better.`,
    ]),
    r.pick([
      `And one morning, ${h.he} could ${what}.`,
      `In the end ${h.he} could ${what} better than anyone.`,
      `At last ${h.he} could ${what}.`,
    ]),
    r.pick([glad(r, s), `"I did it!" said ${h.name}.`, `Now ${h.he} teaches the little ones.`]),
  ];
};

/** What makes the hero face a fear. */
const tests: Record<string, readonly string[]> = {
  "the dark": ["the lamp went out", "a friend was lost in the dark forest", "there was no moon and no light"],
  "deep water": ["a little duck fell into the river", "the only way home was by boat"],
  thunder: ["a big storm came", "black clouds came over the hill"],
  "high places": ["a kitten sat on the roof and could not get down", "the ball was stuck in the tallest tree"],
  "the old house": ["a light was on in the old house", "someone called for help from the old house"],
  strangers: ["a stranger knocked at the door", "a stranger asked for the way"],
};

const fear: Plot = (r, s) => {
  const { hero: h, friend: f } = s;
  const what = s.fear;
  const test = r.pick(tests[what] ?? [`${h.he} was all alone`]);
  return [
    opening(r, s),
    r.pick([`${h.he} was afraid of ${what}.`, `${h.name} was brave, but ${h.he} was afraid of ${what}.`]),
    !s.brief &&
      r.pick([
        `When the others went out, ${h.he} stayed at home.`,
        `${h.he} told no one about it.`,
        `"I am so silly," ${h.he} thought.`,
      ]),
    r.pick([`One night ${test}.`, `Then one day ${test}.`]),
    r.pick([`${h.name}'s heart beat fast.`, `${h.name} shook like a leaf.`, `${h.name} wanted to run away.`]),
    r.pick([
      `But ${f.intro} was there and took ${h.his} hand.`,
      `But ${h.he} thought of ${h.his} friends and went on.`,
      `"I am with you," said ${f.intro}.`,
      `${h.he} took a deep breath and went on.`,
    ]),
    r.pick([
      `And it was not so bad at all.`,
      `And soon everything was well again.`,
      `And ${h.he} did what had to be done.`,
    ]),
    r.pick([
      `Since then, ${h.name} is not afraid of ${what}.`,
      `"I was afraid, but I did it," said ${h.name}.`,
      `${h.name} was proud.`,
    ]),
  ];
};

const greed: Plot = (r, s) => {
  const { hero: h, friend: f, food } = s;
  return [
    opening(r, s),
    r.pick([
      `${h.he} found a big basket of ${food}.`,
      `${h.he} had more ${food} than anyone.`,
      `One day ${h.he} got a whole cart of ${food}.`,
    ]),
    r.pick([
      `"These are all mine," said ${h.name}.`,
      `${h.he} did not want to share.`,
      `${h.he} hid them in a secret place.`,
    ]),
    r.pick([`${f.intro} was hungry and asked for one.`, `${f.intro} came and said, "May I have one, please?"`]),
    r.pick([`"No," said ${h.name}.`, `${h.name} shook ${h.his} head.`, `"Go away," said ${h.name}.`]),
    ...r.pick([
      [
        `So ${h.he} ate alone, and soon ${h.his} stomach hurt.`,
        r.pick([`${f.name} came and brought warm tea.`, `Only ${f.name} came to help.`]),
      ],
      [`But the ${food} did not taste good when ${h.he} was alone.`, !s.brief && `${h.name} thought of ${f.name}.`],
      [`But after some days the ${food} went bad.`, !s.brief && `Now ${h.name} had nothing, and nobody came to visit.`],
    ]),
    r.pick([
      `"I am sorry," said ${h.name}. "Next time I will share."`,
      `${h.name} understood and gave half of the ${food} to ${f.name}.`,
      `Then ${h.name} called ${f.name} back, and they ate together.`,
    ]),
    r.pick([`Shared food tastes best.`, friends(r, s), `Since that day, ${h.name} shares everything.`]),
  ];
};

const treasure: Plot = (r, s) => {
  const { hero: h, friend: f, thing: t } = s;
  const where = r.pick([
    "under an old oak tree",
    "behind the waterfall",
    "in a dark cave",
    "under the bridge",
    "on a small island",
    "in the old tower",
  ]);
  const found = r.pick([
    a(t),
    `${a(`golden ${t}`)}`,
    "a box full of letters",
    `${number(r.int(3, 12))} silver coins`,
    "nothing but old leaves",
  ]);
  return [
    opening(r, s),
    r.pick([
      `There ${h.he} found an old map.`,
      `In an old book, ${h.he} found a map.`,
      `${f.intro} gave ${h.him} a strange map.`,
    ]),
    r.pick([`It showed a place ${where}.`, `A red cross marked a place ${where}.`]),
    !s.brief && `"Let us find the treasure," said ${r.pick([h.name, f.name])}.`,
    r.pick([
      `${h.name} and ${f.name} walked for ${number(r.int(2, 9))} hours.`,
      `${h.name} and ${f.name} crossed the river and the hills.`,
      `The way was long, but ${h.name} and ${f.name} sang all the time.`,
    ]),
    !s.brief &&
      r.pick([`Once they lost the way.`, `It rained, but they did not stop.`, `At noon they rested under a tree.`]),
    r.pick([
      `At last they came to the place and began to dig.`,
      `There it was, just as the map said.`,
      `They looked under every stone.`,
    ]),
    `They found ${found}.`,
    found === "nothing but old leaves"
      ? r.pick([
          `But they had a wonderful day, and that was the real treasure.`,
          `They looked at each other and laughed.`,
        ])
      : r.pick([
          `They shared the treasure like good friends.`,
          `"The best part was the way," said ${f.name}.`,
          glad(r, s),
          `They took it home and kept it safe.`,
        ]),
  ];
};

const storm: Plot = (r, s) => {
  const { hero: h, friend: f, food } = s;
  return [
    opening(r, s),
    r.pick([
      `Dark clouds came over the hills.`,
      `In the night a great storm came.`,
      `Suddenly it began to rain very hard.`,
      `Snow began to fall, more and more.`,
    ]),
    r.pick([
      `The wind took the roof from the house of ${f.intro}.`,
      `${f.intro} had no place to go.`,
      `${f.intro} stood outside, wet and cold.`,
    ]),
    r.pick([
      `"Come in!" called ${h.name}.`,
      `"You can stay with me," said ${h.name}.`,
      `${h.name} opened the door at once.`,
    ]),
    r.pick([
      `They sat by the fire and ate ${food}.`,
      `${h.name} gave ${f.him} a dry blanket and some ${food}.`,
      `There was little room, but it was warm.`,
    ]),
    !s.brief &&
      r.pick([`Outside the wind howled, but inside they told stories.`, `They listened to the rain all night.`]),
    r.pick([`In the morning the sun came back.`, `The next day the storm was over.`]),
    r.pick([`Together they mended the roof.`, `"Thank you," said ${f.name}. "I will not forget it."`, friends(r, s)]),
  ];
};

const gift: Plot = (r, s) => {
  const { hero: h, friend: f, thing: t, food } = s;
  return [
    opening(r, s),
    r.pick([
      `Tomorrow was the birthday of ${f.intro}.`,
      `${h.his} best friend was ${f.intro}, and it was ${f.his} birthday.`,
    ]),
    r.pick([
      `${h.name} had no money for a gift.`,
      `${h.name} did not know what to give.`,
      `${h.name} wanted to give something special.`,
    ]),
    r.pick([
      `So ${h.he} made ${a(t)} with ${h.his} own hands.`,
      `So ${h.he} worked all night and made ${a(t)}.`,
      `So ${h.he} gave away ${h.his} own ${t}.`,
    ]),
    !s.brief &&
      r.pick([
        `${h.he} put a ribbon around it.`,
        `${h.he} also baked a cake with ${food}.`,
        `It was not perfect, but it was made with love.`,
      ]),
    r.pick([`When ${f.name} opened it, ${f.he} was quiet for a moment.`, `${f.name} looked at it with big eyes.`]),
    r.pick([
      `"This is the best gift of all," ${f.he} said.`,
      `"You made this for me?" asked ${f.name}.`,
      `Then ${f.he} hugged ${h.name}.`,
    ]),
    r.pick([`They ate cake and danced until late.`, glad(r, s), `${f.name} still has the ${t} today.`]),
  ];
};

const race: Plot = (r, s) => {
  const { hero: h, friend: f, place: p } = s;
  const prize = r.pick([`a big cake`, `a golden ${s.thing}`, `a basket of ${s.food}`]);
  return [
    opening(r, s),
    r.pick([`One day there was a race ${p.at}.`, `"I am faster than you," said ${f.intro}. "Let us race!"`]),
    `The prize was ${prize}.`,
    r.pick([
      `${f.name} ran ahead and laughed.`,
      `At first ${f.name} was much faster.`,
      `${h.name} ran as fast as ${h.he} could.`,
    ]),
    r.pick([
      `But then ${f.name} stopped to rest and fell asleep. ${h.name} went on, step by step, and won.`,
      `But then ${f.name} fell and hurt ${f.his} foot. ${h.name} stopped and helped ${f.him}, and they crossed the line together.`,
      `Near the end ${h.name} jumped over the last fence and won.`,
      `${h.name} came in last, but everyone cheered for ${h.him}.`,
    ]),
    !s.brief && r.pick([`"Well done," said ${f.name}.`, `The others clapped and sang.`]),
    r.pick([
      `They shared the prize.`,
      `In the evening they all ate together.`,
      `"To run with you is more fun than to win," said ${h.name}.`,
    ]),
  ];
};

const noise: Plot = (r, s) => {
  const { hero: h, friend: f, thing: t } = s;
  const sound = r.pick(["a strange sound", "a soft knock", "a deep howl", "a scratching noise", "a sad song"]);
  return [
    opening(r, s),
    r.pick([
      `In the middle of the night, ${h.he} heard ${sound}.`,
      `Then ${h.he} heard ${sound}.`,
      `Every night there was ${sound}.`,
    ]),
    r.pick([
      `"Who is there?" asked ${h.name}.`,
      `"It is a ghost," ${h.he} thought.`,
      `No one knew where it came from.`,
    ]),
    r.pick([
      `${h.he} took a lamp and went outside.`,
      `Slowly ${h.he} opened the door.`,
      `${h.he} hid behind ${a(t)} and waited.`,
    ]),
    r.pick([
      `It was only ${f.intro}, who was looking for a place to sleep.`,
      `There sat ${f.intro} and played with ${a(t)}.`,
      `It was ${f.intro}, who could not sleep.`,
    ]),
    !s.brief &&
      r.pick([
        `"I did not want to wake you," said ${f.name}.`,
        `They both had to laugh.`,
        `"You gave me a fright," said ${h.name}.`,
      ]),
    r.pick([
      `${h.name} gave ${f.him} a warm bed.`,
      `They drank hot milk and went to bed.`,
      friends(r, s),
      `After that, the nights were quiet again.`,
    ]),
  ];
};

const plants = foods.filter((food) => food.kind === "fruit" || food.kind === "vegetable");
const fruits = plants.filter((food) => food.kind === "fruit").map((food) => food.plural);
const grows = (food: string) => plants.some((plant) => plant.plural === food);

const garden: Plot = (r, s) => {
  const { hero: h, friend: f } = s;
  const food = grows(s.food) ? s.food : r.pick(plants).plural;
  return [
    opening(r, s),
    r.pick([
      `${h.he} planted a small seed.`,
      `In spring ${h.he} put seeds into the ground.`,
      `${f.intro} gave ${h.him} a seed.`,
    ]),
    r.pick([
      `Every day ${h.he} brought water.`,
      `${h.he} waited and waited.`,
      `${h.he} looked at the ground every morning.`,
    ]),
    r.pick([`But nothing happened.`, `After a week there was still nothing to see.`, `But the ground stayed bare.`]),
    !s.brief && r.pick([`"It takes time," said ${f.name}.`, `"Be patient," said ${f.name}.`]),
    r.pick([`Then, after warm rain, a green leaf came out.`, `One day there was a tiny green leaf.`]),
    r.pick([`In summer it was as tall as a house.`, `It grew and grew.`, `By autumn it was full of ${food}.`]),
    r.pick([
      `${h.name} gave ${food} to everyone.`,
      `Everyone came to see it.`,
      `"Good things need time," said ${h.name}.`,
      glad(r, s),
    ]),
  ];
};

const build: Plot = (r, s) => {
  const { hero: h, friend: f, thing: t } = s;
  return [
    opening(r, s),
    wish(r, s, r.pick([`build ${a(t)}`, `make ${a(`new ${t}`)}`, `make the best ${t} of all`])),
    r.pick([
      `First ${h.he} looked for wood, rope and nails.`,
      `${h.he} worked from morning till night.`,
      `${h.he} drew a plan on a piece of paper.`,
    ]),
    r.pick([`But the first ${t} broke at once.`, `But something was always wrong.`, `But the wind took it away.`]),
    !s.brief && r.pick([sad(r, s), `"I need help," said ${h.name}.`]),
    r.pick([`${f.intro} had a good idea.`, `${f.intro} came to help.`, `"Two can do more than one," said ${f.intro}.`]),
    r.pick([
      `Together they made a new ${t}.`,
      `They started again from the beginning.`,
      `${f.name} held it and ${h.name} worked.`,
    ]),
    r.pick([`This time it held.`, `And what a fine ${t} it was!`, `It was the best ${t} in the whole valley.`]),
    r.pick([
      glad(r, s),
      friends(r, s),
      `They painted it ${r.pick(["red", "blue", "green", "yellow"])} and were proud.`,
    ]),
  ];
};

const sorry: Plot = (r, s) => {
  const { hero: h, friend: f, thing: t } = s;
  return [
    opening(r, s),
    r.pick([
      `One day ${h.he} broke the ${t} of ${f.intro}.`,
      `${h.he} took the ${t} of ${f.intro} without asking, and it broke.`,
    ]),
    r.pick([`No one saw it.`, `"What shall I do?" thought ${h.name}.`, `${h.name} hid it and ran away.`]),
    !s.brief &&
      r.pick([`That night ${h.he} could not sleep.`, `${h.he} did not want to eat.`, `${h.his} heart was heavy.`]),
    r.pick([
      `In the morning ${h.he} went to ${f.name} and told ${f.him} the truth.`,
      `Then ${h.he} said, "It was me. I am sorry."`,
    ]),
    r.pick([`${f.name} was angry at first.`, `${f.name} was quiet for a long time.`, `${f.name} looked at the ${t}.`]),
    r.pick([
      `Then ${f.he} said, "It was brave to tell me."`,
      `But then ${f.he} smiled. "We can mend it," ${f.he} said.`,
    ]),
    r.pick([`Together they mended it.`, `${h.name} worked for three days and made a new ${t}.`]),
    r.pick([friends(r, s), `The truth made ${h.name} feel light again.`]),
  ];
};

const wait: Plot = (r, s) => {
  const { hero: h, friend: f, food } = s;
  return [
    opening(r, s),
    r.pick([`${h.he} was very hungry.`, `${h.he} had not eaten all day.`]),
    r.pick([
      `${h.he} smelled fresh ${food}.`,
      fruits.includes(food)
        ? `High in a tree, ${h.he} saw some ${food}.`
        : `High on a shelf, ${h.he} saw some ${food}.`,
      `Behind a fence, ${h.he} saw ${food}.`,
    ]),
    r.pick([
      `But ${h.he} could not reach them.`,
      `But the fence was too high.`,
      `${h.he} jumped and jumped, but it was too high.`,
    ]),
    meets(r, s),
    r.pick([
      `"If I help you, will you share?" asked ${f.name}.`,
      `"Climb on my back," said ${f.name}.`,
      `"I know another way," said ${f.name}.`,
    ]),
    !s.brief && r.pick([`"Of course," said ${h.name}.`, `${h.name} was glad about the help.`]),
    r.pick([`Soon they both sat in the grass and ate ${food}.`, `There were enough ${food} for both of them.`]),
    r.pick([`They ate until they were full, and then they fell asleep in the sun.`, friends(r, s), glad(r, s)]),
  ];
};

/** One sentence each for the beginning, the middle and the end. */
export const tiny: Plot = (r, s) => {
  const { hero: h, friend: f, thing: t, food } = s;
  return [
    opening(r, { ...s, brief: true }),
    ...r.pick([
      [
        `${h.he} lost ${a(t)} and looked for it all day.`,
        `In the evening ${f.name} found it, and they laughed together.`,
      ],
      [
        `Everyone was afraid of the storm, but ${h.name} opened the door for ${f.name}.`,
        `They ate ${food} by the fire until the sun came back.`,
      ],
      [`${h.he} wanted to ${s.skill}, but it was hard.`, `With the help of ${f.name}, ${h.he} learned it in the end.`],
      [`${h.he} had nobody to talk to.`, `Then ${f.name} came by and stayed.`],
      [`${h.he} found a basket of ${food} and shared it with ${f.name}.`, `They have been friends ever since.`],
      [`At night ${h.he} heard a strange noise.`, `It was only ${f.name}, who was looking for ${a(t)}.`],
    ]),
  ];
};

/** "a fox who …": what the story is then about. */
export const clauses: readonly (readonly [Plot, (r: Random, s: Scene) => string])[] = [
  [
    lost,
    (r, s) => r.pick([`who lost ${a(s.thing)}`, `who loses ${a(s.thing)}`, `who cannot find ${s.hero.his} ${s.thing}`]),
  ],
  [skill, (r, s) => r.pick([`who wants to learn to ${s.skill}`, `who cannot ${s.skill}`, `who wants to ${s.skill}`])],
  [fear, (_, s) => `who is afraid of ${s.fear}`],
  [greed, (r) => r.pick(["who does not want to share", "who learns to share"])],
  [
    treasure,
    (r) => r.pick(["who finds an old map", "who finds a map", "who looks for a treasure", "who finds a treasure"]),
  ],
  [storm, (r) => r.pick(["who helps a friend in a storm", "who opens the door in a storm"])],
  [gift, (_, s) => `who makes ${a(s.thing)} for a friend`],
  [race, (r) => r.pick(["who wants to win a race", "who runs a race"])],
  [noise, (r) => r.pick(["who hears a strange noise", "who hears something at night"])],
  [garden, (r) => r.pick(["who plants a seed", "who learns to be patient"])],
  [build, (_, s) => `who builds ${a(s.thing)}`],
  [sorry, (_, s) => `who broke ${a(s.thing)}`],
  [wait, (r) => r.pick(["who is very hungry", "who is hungry"])],
  [lonely, (r) => r.pick(["who has no friends", "who is looking for a friend", "who is lonely"])],
  [stuck, (r) => r.pick(["who saves a friend", "who helps someone"])],
];

/** What one learns from a plot. */
export const morals: readonly (readonly [Plot, readonly string[]])[] = [
  [lost, ["Good friends help each other.", "It is easier to look for something together."]],
  [stuck, ["Help others when they need you.", "One who helps finds a friend."]],
  [lonely, ["Everyone needs a friend.", "Say hello, and you will not be alone."]],
  [skill, ["Do not give up.", "Practice makes it better every day."]],
  [fear, ["Being brave means to do it with fear in the heart.", "A fear gets smaller when you face it."]],
  [greed, ["Sharing is better than having everything.", "Shared food tastes best."]],
  [treasure, ["The way can be better than the treasure.", "Good friends are the real treasure."]],
  [storm, ["Open your door to those who need it.", "Kindness keeps us warm."]],
  [gift, ["A gift from the heart is the best gift.", "Love is worth more than money."]],
  [race, ["Winning is not everything.", "Friends matter more than prizes."]],
  [noise, ["Many things are less scary when you look at them.", "Do not be afraid of what you do not know."]],
  [garden, ["Good things need time.", "Be patient."]],
  [build, ["Two can do more than one.", "Try again when something breaks."]],
  [sorry, ["Tell the truth, even when it is hard.", "It is brave to say sorry."]],
  [wait, ["Together we can reach more.", "Help each other and share."]],
];

/** Words of which a story with this plot has at least one: they show that it is about what was asked. */
const plotWords = new Map<Plot, readonly string[]>([
  [lost, ["lost", "gone", "find", "found", "look"]],
  [stuck, ["stuck", "help", "free", "safe"]],
  [lonely, ["alone", "friend", "friends", "play", "no one"]],
  [skill, ["learn", "tried", "practiced", "could"]],
  [fear, ["afraid", "brave", "fear"]],
  [greed, ["share", "shared", "mine", "shares", "half", "alone", "hid"]],
  [treasure, ["map", "treasure"]],
  [storm, ["storm", "rain", "snow", "clouds", "wind"]],
  [gift, ["birthday", "gift"]],
  [race, ["race", "prize"]],
  [noise, ["heard", "sound", "night"]],
  [garden, ["seed", "seeds", "leaf", "patient"]],
  [build, ["build", "make", "new", "made"]],
  [sorry, ["broke", "sorry", "truth", "mended"]],
  [wait, ["hungry", "ate", "eat", "eaten"]],
]);

/** With a scene, its thing, skill and fear count, too: "a fox who lost a kite". */
export const wordsOfPlot = (plot: Plot, s?: Scene): readonly string[] => [
  ...(plotWords.get(plot) ?? []),
  ...(s && plot === skill ? [s.skill] : []),
  ...(s && plot === fear ? [s.fear] : []),
];

/** Plots in which the thing matters. */
export const thingPlots: readonly Plot[] = [lost, stuck, treasure, gift, build, sorry];
/** Plots in which the food matters. */
export const foodPlotsFor = (food: string): readonly Plot[] =>
  grows(food) ? [greed, wait, storm, garden] : [greed, wait, storm];
/** What one may ask a story to be about. */
export const themes: readonly (readonly [theme: string, Plot])[] = [
  ["friendship", lonely],
  ["making a new friend", lonely],
  ["helping others", stuck],
  ["being brave", fear],
  ["fear", fear],
  ["sharing", greed],
  ["a race", race],
  ["a storm", storm],
  ["a treasure", treasure],
  ["an old map", treasure],
  ["a birthday", gift],
  ["a gift", gift],
  ["learning something new", skill],
  ["not giving up", skill],
  ["telling the truth", sorry],
  ["a strange noise", noise],
  ["patience", garden],
  ["a small seed", garden],
  ["being lonely", lonely],
  ["losing something", lost],
];

export const plots: readonly Plot[] = [
  lost,
  stuck,
  lonely,
  skill,
  fear,
  greed,
  treasure,
  storm,
  gift,
  race,
  noise,
  garden,
  build,
  sorry,
  wait,
];
