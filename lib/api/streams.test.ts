import type { Server as HttpServer } from "node:http";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { closeSessions } from "../../db/database.fixture.ts";
import { addTinyModels, eventually, plain, settings } from "../installation.fixture.ts";
import { createComparison, stopComparison } from "../ranking/generate.ts";
import { createPrompt } from "../writing/prompts.ts";
import { handlersOn } from "./handlers.ts";
import { type Server, temporaryServer } from "./server.fixture.ts";
import { openStreams, streamsPerPerson } from "./streams.ts";
import { createWebServer } from "./web-server.ts";

let server: Server;
let http: HttpServer;
let watched: string;
let cookie: string;

beforeEach(async () => {
  server = await temporaryServer();
  await addTinyModels(server);
  ({ cookie } = await server.session("ada", "admin"));
  const { id: promptId } = await createPrompt(server.as.admin, plain("Hi"));
  const { id } = await createComparison(server.as.admin, { ...settings, promptId, k: 2 });
  const { v1 } = handlersOn(() => server.db);
  http = createWebServer({ handlerOf: () => v1, page: () => {}, hostname: "127.0.0.1" });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const address = http.address();
  const port = typeof address === "object" && address ? address.port : 0;
  watched = `http://127.0.0.1:${port}/api/v1/projects/practice/comparisons/${id}/watch`;
});
afterEach(() => {
  http.closeAllConnections();
  http.close();
  server.remove();
});

/** A stream of which the first event has come. */
async function opened(headers: Record<string, string> = { cookie }): Promise<{ status: number; leave: () => void }> {
  const leaving = new AbortController();
  const reply = await fetch(watched, { headers, signal: leaving.signal });
  const reader = reply.body?.getReader();
  await reader?.read();
  return { status: reply.status, leave: () => leaving.abort() };
}

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

test("a stream ends with its client, also after a garbage collection", async () => {
  const all = await Promise.all(Array.from({ length: 20 }, () => opened()));
  expect(openStreams()).toBe(20);
  for (let i = 0; i < 5; i++) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (const { leave } of all) leave();
  await eventually(() => expect(openStreams()).toBe(0));
});

test("a person has so many at once, and others theirs", async () => {
  const { cookie: other } = await server.session("bob", "labeler");
  const all = await Promise.all(Array.from({ length: streamsPerPerson }, () => opened()));
  expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]));
  const refused = await fetch(watched, { headers: { cookie } });
  expect([refused.status, (await refused.json()).message]).toEqual([
    429,
    "You follow 50 things at once already: close a page that you do not need.",
  ]);
  const theirs = await opened({ cookie: other });
  expect(theirs.status).toBe(200);
  for (const { leave } of [...all, theirs]) leave();
  await eventually(() => expect(openStreams()).toBe(0));
  const again = await opened();
  expect(again.status).toBe(200);
  again.leave();
});

test("a stream shows nothing more to whoever is signed out", async () => {
  const reply = await fetch(watched, { headers: { cookie } });
  const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader();
  let seen = "";
  const until = async (text: string) => {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      seen += next.value;
      if (seen.includes(text)) return;
    }
  };
  await until('"generating"');
  await closeSessions(server.db, "ada", "ban");
  await stopComparison(server.as.admin, { id: watched.split("/").at(-2) ?? "" });
  await until("Your session has ended");
  expect(seen).toMatch(/event: error[\s\S]*Your session has ended/);
  expect(seen).not.toContain('"stopped"');
});
