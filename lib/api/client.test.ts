import { afterEach, expect, test, vi } from "vitest";
import { createApiClient, sentenceOf } from "./client.ts";

afterEach(() => vi.unstubAllGlobals());

const sentenceAfter = async (answer: () => Promise<Response>) => {
  vi.stubGlobal("fetch", answer);
  const client = createApiClient(
    () => "http://127.0.0.1:3000",
    () => "practice",
  );
  return client.members.list().then(
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

test("a watch that is refused says so at once; one that is cut off is opened again", async () => {
  const asked = vi.fn<() => void>();
  const watch = async (...answers: (() => Promise<Response>)[]) => {
    asked.mockClear();
    vi.stubGlobal("fetch", () => {
      const answer = answers[asked.mock.calls.length] ?? answers.at(-1)!;
      asked();
      return answer();
    });
    const client = createApiClient(
      () => "http://127.0.0.1:3000",
      () => "practice",
    );
    const context = { retry: Number.POSITIVE_INFINITY, retryDelay: 1 };
    return client.comparisons.watch({ id: "unknown" }, { context }).then(
      () => "no error",
      (error: unknown) => sentenceOf(error),
    );
  };
  const missing = async () =>
    Response.json(
      { json: { defined: false, code: "NOT_FOUND", status: 404, message: "There is no such comparison." } },
      { status: 404 },
    );
  expect(await watch(missing)).toBe("There is no such comparison.");
  expect(asked).toHaveBeenCalledTimes(1);
  expect(await watch(nobody, page(502), missing)).toBe("There is no such comparison.");
  expect(asked).toHaveBeenCalledTimes(3);
});
