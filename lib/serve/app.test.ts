// The app's models behind OpenAI's API: opened by an API token, and by nothing else.
import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import OpenAI from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contentsOf } from "../../db/database.fixture.ts";
import { answer } from "../api/answer.ts";
import { type Server, temporaryServer } from "../api/server.fixture.ts";
import { addTinyModels } from "../installation.fixture.ts";
import { updateSettings } from "../project/settings.ts";
import { archiveModel } from "../training/model-changes.ts";
import { appServingHandler } from "./app.ts";
import { Engine } from "./engine.ts";

let server: Server;
let http: HttpServer;
let baseURL: string;
let cookie: string;
const engine = new Engine({ most: 1 });
beforeAll(async () => {
  server = await temporaryServer();
  await addTinyModels(server);
  cookie = (await server.session("ada", "reviewer")).cookie;
  const handler = appServingHandler(() => server.db, engine);
  http = createServer((incoming, outgoing) => answer(handler, incoming, outgoing));
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  baseURL = `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1`;
});
afterAll(() => {
  engine.stop();
  http.close();
  http.closeAllConnections();
  server.remove();
});

const asWith = (apiKey: string) => new OpenAI({ baseURL, apiKey, maxRetries: 0 });
async function made(name: string, by = cookie): Promise<{ id: string; token: string }> {
  const { status, body } = await server.call("POST", "/api/v1/projects/practice/tokens", { name }, { cookie: by });
  expect(status).toBe(200);
  return body as { id: string; token: string };
}

test("a token asks the models by their names; revoked, it asks nothing any more", async () => {
  const { id, token } = await made("A trainer");
  const client = asWith(token);
  const names = (await client.models.list()).data.map((model) => model.id);
  expect(names).toEqual(expect.arrayContaining(["lm model", "reward model"]));
  const messages = [{ role: "user" as const, content: "What do otters eat?" }];
  const { choices } = await client.chat.completions.create({ model: "lm model", messages, max_tokens: 4 });
  expect(choices).toHaveLength(1);
  const scored = await client.post<{ rewards: number[] }>("/get_reward", { body: { query: "Otters eat fish." } });
  expect(scored.rewards).toHaveLength(1);

  expect(await server.call("POST", `/api/v1/projects/practice/tokens/${id}/revoke`, {}, { cookie })).toMatchObject({
    status: 200,
  });
  await expect(client.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  expect((await server.call("GET", "/api/v1/projects/practice/tokens", undefined, { cookie })).body).toEqual([]);
});

test("a token is shown once: neither a list, nor the history, nor the database has it", async () => {
  const { token } = await made("Once");
  const { body } = await server.call("GET", "/api/v1/projects/practice/tokens", undefined, { cookie });
  expect(body).toMatchObject([{ name: "Once", by: "ada" }]);
  for (const told of [body, await contentsOf(server.db)]) expect(JSON.stringify(told)).not.toContain(token);
});

test("one whose maker's account is closed asks nothing", async () => {
  const { cookie: theirs } = await server.session("grace", "admin");
  const { token } = await made("Grace's", theirs);
  await asWith(token).models.list();
  const people = (await server.call("GET", "/api/v1/accounts", undefined, { cookie: theirs })).body as {
    id: string;
    username: string;
  }[];
  const { cookie: admin } = await server.session("alan", "admin");
  const { id } = people.find(({ username }) => username === "grace")!;
  expect(await server.call("POST", `/api/v1/accounts/${id}`, { active: false }, { cookie: admin })).toMatchObject({
    status: 200,
  });
  await expect(asWith(token).models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
});

test("a token opens the models and nothing else of the API", async () => {
  const { token } = await made("Narrow");
  const authorization = { authorization: `Bearer ${token}` };
  for (const path of ["prompts", "models", "tokens", "events"]) {
    const { status } = await server.call("GET", `/api/v1/projects/practice/${path}`, undefined, authorization);
    expect([path, status]).toEqual([path, 401]);
  }
  for (const path of ["/api/v1/projects", "/api/export/practice/comparisons"])
    expect([path, (await server.call("GET", path, undefined, authorization)).status]).toEqual([path, 401]);
});

test("an archived model is served to nobody until it is brought back", async () => {
  const { token } = await made("Lists");
  const names = async () => (await asWith(token).models.list()).data.map(({ id }) => id);
  const id = "tiny-reward";
  await updateSettings(server.as.admin, { rewardModelId: null });
  await archiveModel(server.as.admin, { id, archived: true });
  expect(await names()).toEqual(["lm model"]);
  const asked = asWith(token).post("/get_reward", { body: { query: "Otters eat fish.", model: "reward model" } });
  await expect(asked).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  await archiveModel(server.as.admin, { id, archived: false });
  expect(await names()).toContain("reward model");
});

test.each([
  ["no token", ""],
  ["an unknown one", "rankloop_unknown"],
])("%s is one sentence", async (_, token) => {
  const reply = await fetch(`${baseURL}/models`, { headers: token ? { authorization: `Bearer ${token}` } : {} });
  expect(reply.status).toBe(401);
  const { error } = await reply.json();
  expect(error).toMatchObject({ type: "authentication_error", code: "invalid_api_key" });
  expect(error.message).toMatch(/^[A-Z][^\n]*\.$/);
});

test("a person's session opens no models: it could be another site's page that asks", async () => {
  const reply = await fetch(`${baseURL}/models`, { headers: { cookie } });
  expect(reply.status).toBe(401);
});
