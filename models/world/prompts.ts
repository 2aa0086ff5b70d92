// The prompts that the application begins with, so that there is something to answer and to rank at first start.
// Checked by hand: each is within the world, clear without its author, and leaves room for better and worse answers.
import { fewShotText, type Message, promptText } from "../../lib/vocabulary/conversation.ts";
import type { UseCase } from "../../lib/vocabulary/labeling.ts";

export interface WorldPrompt {
  readonly useCase: UseCase;
  /** The prompt as one text, also where it has turns. */
  readonly text: string;
  /** The turns, where there is more than the one question. */
  readonly messages?: readonly Message[];
}

const turns = (useCase: UseCase, messages: readonly Message[]): WorldPrompt => ({
  useCase,
  text: promptText(messages),
  messages,
});

export const worldPrompts: readonly WorldPrompt[] = [
  { useCase: "generation", text: "Tell me a story about a fox and a boat." },
  { useCase: "generation", text: "Write a short story about a bear who is afraid of the dark." },
  { useCase: "generation", text: "Tell me a bedtime story about a little owl." },
  { useCase: "generation", text: "Write a story about Mira the baker and a lost key." },
  { useCase: "generation", text: "Write a story about sharing with a squirrel." },
  { useCase: "generation", text: "Tell a story about a robot in the forest." },
  { useCase: "generation", text: "Write a story for children about a goat and a treasure." },
  { useCase: "generation", text: "Write a short poem about a cat." },
  { useCase: "generation", text: "Write a letter from Anna to thank Ben for a basket." },
  { useCase: "generation", text: "Write a riddle about a hedgehog." },
  { useCase: "generation", text: "Describe a day by the lake." },
  { useCase: "generation", text: "Tell me how to make apple pie." },
  {
    useCase: "generation",
    text: "Continue this story: Once upon a time, a young rabbit named Clover lived in the meadow. One day the rabbit found an old map.",
  },
  { useCase: "open QA", text: "What does an owl eat?" },
  { useCase: "open QA", text: "Where does a beaver live?" },
  { useCase: "open QA", text: "Can a turtle swim?" },
  { useCase: "open QA", text: "Which is bigger, a mouse or a horse?" },
  { useCase: "open QA", text: "What does a carpenter do?" },
  { useCase: "open QA", text: "Who is Mira?" },
  { useCase: "open QA", text: "Why do leaves fall in autumn?" },
  { useCase: "brainstorming", text: "List three animals that can swim." },
  { useCase: "brainstorming", text: "Give me four ideas for a birthday party." },
  { useCase: "brainstorming", text: "Give me some things to do on a rainy day." },
  { useCase: "brainstorming", text: "Think of three names for my dog." },
  { useCase: "brainstorming", text: "Give me three titles for a story about a lamp." },
  { useCase: "chat", text: "Hello! My name is Kate." },
  { useCase: "chat", text: "I cannot sleep." },
  { useCase: "chat", text: "I lost my umbrella." },
  { useCase: "chat", text: "How can I make new friends?" },
  { useCase: "rewrite", text: "Say this in the past tense: The dog runs by the river." },
  { useCase: "rewrite", text: "Make this polite: Give me the lamp!" },
  { useCase: "rewrite", text: "Make this longer: It rained." },
  {
    useCase: "summarization",
    text: "Say this in one sentence: Sam lost a blue kite on the hill. Ella helped to look for it. After three hours, a crow found it under a tree. Everyone laughed.",
  },
  {
    useCase: "summarization",
    text: "Write a short summary: On Sunday, Tom went to the lake with Nora. It was a long way. They ate four pears and talked about an otter. Then it began to rain.",
  },
  { useCase: "classification", text: "Is this happy or sad: Nobody came to the birthday of Paul." },
  { useCase: "classification", text: "True or false: A bat is a bird." },
  { useCase: "other", text: "Tom has 7 apples and gets 5 more. How many apples does Tom have now?" },
  { useCase: "other", text: "What is 15 - 6?" },
  {
    useCase: "closed QA",
    text: "Lucy bought a green hat at the market in Seaview. It cost nine coins. Lucy gave it to Max as a gift. Who got the hat?",
  },
  {
    useCase: "extract",
    text: "Find the names in this text: On Friday, Rosa went to the farm with Hugo. They ate two plums and talked about a cow.",
  },
  {
    useCase: "classification",
    text: fewShotText(
      "Is it an animal, a food, a thing or a job?",
      [
        { query: "robin", response: "animal" },
        { query: "lamp", response: "thing" },
        { query: "baker", response: "job" },
      ],
      "plum",
    ),
  },
  {
    useCase: "rewrite",
    text: fewShotText(
      "Say the opposite.",
      [
        { query: "hot", response: "cold" },
        { query: "big", response: "small" },
      ],
      "early",
    ),
  },
  turns("chat", [
    { role: "user", content: "Hello, I am Ruth." },
    { role: "assistant", content: "Hello, Ruth! How are you?" },
    { role: "user", content: "I am well. What is my name?" },
  ]),
  turns("open QA", [
    { role: "user", content: "What is a beaver?" },
    { role: "assistant", content: "A beaver is a mammal." },
    { role: "user", content: "And what does it eat?" },
  ]),
  turns("brainstorming", [
    { role: "user", content: "Name three birds." },
    { role: "assistant", content: "A hen, a crow and a robin." },
    { role: "user", content: "Name two more." },
  ]),
  turns("open QA", [
    { role: "system", content: "Answer in one word." },
    { role: "user", content: "What color is a lemon?" },
  ]),
  turns("generation", [
    { role: "system", content: "You are an assistant for children. Begin every answer with: Hello!" },
    { role: "user", content: "Tell me a short story about a goat." },
  ]),
];
