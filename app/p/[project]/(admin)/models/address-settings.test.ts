import { expect, test } from "vitest";
import { readAddress } from "./address-settings.ts";

function formOf(fields: Record<string, string>): FormData {
  const data = new FormData();
  const filled = {
    baseUrl: "https://api.example.org/v1",
    serverModel: "big",
    asks: "chat",
    keyKind: "none",
    ...fields,
  };
  for (const [name, value] of Object.entries(filled)) data.set(name, value);
  return data;
}

test("empty fields become what is usual", () => {
  expect(readAddress(formOf({ extra: " ", promptPrice: "", context: "" }))).toEqual({
    settings: {
      baseUrl: "https://api.example.org/v1",
      serverModel: "big",
      asks: "chat",
      severalPerCall: false,
      extra: {},
      price: null,
      parallel: 4,
      timeLimitS: 120,
      template: null,
      context: null,
      key: { kind: "none" },
    },
  });
});

test("a price that is left empty is not known, which is not 0", () => {
  const priced = (fields: Record<string, string>) => readAddress(formOf(fields));
  expect(priced({ answerPrice: "0.6" })).toMatchObject({ settings: { price: { prompt: null, answer: 0.6 } } });
  expect(priced({ promptPrice: "0" })).toMatchObject({ settings: { price: { prompt: 0, answer: null } } });
  expect(priced({ promptPrice: "0", answerPrice: "0" })).toMatchObject({
    settings: { price: { prompt: 0, answer: 0 } },
  });
});

test.each<[Record<string, string>, string, RegExp]>([
  [{ baseUrl: " " }, "baseUrl", /empty/],
  [{ extra: "{" }, "extra", /one JSON object/],
  [{ extra: "[1]" }, "extra", /one JSON object/],
  [{ promptPrice: "-1" }, "promptPrice", /below zero/],
  [{ parallel: "0" }, "parallel", /At least one call/],
  [{ context: "1" }, "context", /at least 2 tokens/],
  [{ timeLimitS: "1.5" }, "timeLimitS", /whole number/],
  [{ keyKind: "written", apiKey: "two words" }, "apiKey", /no spaces/],
  [{ keyKind: "variable", variable: "PATH" }, "variable", /RANKLOOP_KEY/],
])("%o is told at %s", (fields, field, sentence) => {
  expect(readAddress(formOf(fields))).toEqual({ field, sentence: expect.stringMatching(sentence) });
});
