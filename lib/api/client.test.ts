import { afterEach, expect, test, vi } from "vitest";
import { createApiClient, sentenceOf } from "./client.ts";

afterEach(() => vi.unstubAllGlobals());

const sentenceAfter = async (answer: () => Promise<Response>) => {
  vi.stubGlobal("fetch", answer);
  const client = createApiClient(() => "http://127.0.0.1:3000");
  return client.people.list().then(
    () => "no error",
    (error: unknown) => sentenceOf(error),
  );
};
const page = (status: number) => async () =>
  new Response("<h1>Internal Server Error</h1>", { status, headers: { "content-type": "text/html" } });
const refusal = async () =>
  Response.json(
    { json: { defined: false, code: "CONFLICT", status: 409, message: "That name is taken: choose another." } },
    { status: 409 },
  );
const nobody = async () => {
  throw new TypeError("fetch failed");
};

test.each([
  ["our own refusal", refusal, "That name is taken: choose another."],
  ["a server that does not answer", nobody, "The server does not answer. Check that it runs, then try again."],
  ["a proxy without a server", page(502), "The server does not answer. Check that it runs, then try again."],
  [
    "a server that breaks before it gets to us",
    page(500),
    "Something went wrong on the server. Try again; if it happens again, tell whoever runs it.",
  ],
  ["something else at this address", page(404), "The server did not understand this page. Reload it, then try again."],
])("%s: one sentence for a person", async (_, answer, sentence) => {
  expect(await sentenceAfter(answer)).toBe(sentence);
});
