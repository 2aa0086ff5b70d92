import { describe, expect, it } from "vitest";
import { alternating, fewShotText, type Message, promptText, turnsProblem } from "./conversation.ts";

const user = (content: string): Message => ({ role: "user", content });
const assistant = (content: string): Message => ({ role: "assistant", content });
const system = (content: string): Message => ({ role: "system", content });

describe("a prompt as one text", () => {
  it("is a single question as it was written", () => {
    expect(promptText([user("System: not a role.\n\nHi")])).toBe("System: not a role.\n\nHi");
  });

  it("names the roles of several turns", () => {
    expect(promptText([system("Be brief."), user("Hi"), assistant("Hello."), user("Who?")])).toBe(
      "System: Be brief.\n\nUser: Hi\n\nAssistant: Hello.\n\nUser: Who?",
    );
    expect(promptText([system("Be brief."), user("Hi")])).toBe("System: Be brief.\n\nUser: Hi");
  });

  it("lays out a few-shot prompt so that the answer follows", () => {
    const text = fewShotText("Say the opposite.", [{ query: "hot", response: "cold" }], "up");
    expect(text).toBe("Say the opposite.\n\nInput: hot\nOutput: cold\n\nInput: up\nOutput:");
  });
});

describe("the order of turns", () => {
  it("may be one question, a system message before it, or a conversation", () => {
    expect(turnsProblem([user("Hi")])).toBeNull();
    expect(turnsProblem([system("Be brief."), user("Hi"), assistant("Hello."), user("Who?")])).toBeNull();
  });

  it("may have two turns of the person in a row, which models are asked as one", () => {
    const said = [system("Be brief."), user("Hi"), user("Who?")];
    expect(turnsProblem(said)).toBeNull();
    expect(alternating(said)).toEqual([system("Be brief."), user("Hi\n\nWho?")]);
    const plain = [user("Hi"), assistant("Hello."), user("Who?")];
    expect(alternating(plain)).toEqual(plain);
  });

  it.each([
    [[], "no question"],
    [[system("Be brief.")], "no question"],
    [[user("Hi"), assistant("Hello.")], "last turn is the person's"],
    [[assistant("Hello.")], "Turn 1 is the user's"],
    [[user("Hi"), assistant("Hello."), assistant("Hm."), user("Who?")], "Turn 3 is the user's"],
    [[user("Hi"), system("Be brief."), user("Hi")], "Turn 2 is the assistant's"],
  ])("%j is refused", (messages, sentence) => {
    expect(turnsProblem(messages as Message[])).toContain(sentence);
  });
});
