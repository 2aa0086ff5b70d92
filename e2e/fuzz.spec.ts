// Every route of the OpenAPI document, called with what its schema allows, with what it nearly allows and with noise:
// whatever comes, the answer is no 5xx, no stack trace, and a refusal is one sentence. 1,000 calls as part of all journeys,
// 20,000 by `npm run fuzz`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { contract, isOfProject } from "../lib/api/contract.ts";
import { expect, test } from "./fixtures.ts";
import { createAdmin, createPerson, type Person, signIn } from "./people.ts";
import { childrenOf } from "./server.ts";
import { rank, writeAndGenerate } from "./work.ts";

const calls = process.env.npm_lifecycle_event === "fuzz" ? 20_000 : 1_000;

interface Schema {
  type?: string | string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
}

interface Route {
  method: "GET" | "POST";
  /** With {names} in it. */
  path: string;
  parameters: { name: string; in: "path" | "query"; schema: Schema }[];
  body: Schema | null;
  /** "prompts/list", with the project's address before it where it is one's; null = no route of the contract. */
  procedure: string | null;
}

interface Call {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | Uint8Array<ArrayBuffer> | undefined;
  who: number;
}

/** Ids of things that are there, so that a call gets past the first look-up. */
let ids: string[] = [];

const evil = fc.constantFrom(
  "",
  " ",
  "\u0000",
  "\ud83d",
  "__proto__",
  "constructor",
  "../../etc/passwd",
  "' or 1=1 --",
  "%ff",
  "{{7*7}}",
  "<script>",
  "A>B=C",
  "x".repeat(30_000),
  "9".repeat(400),
  "1e999",
);
const word = fc.oneof(evil, fc.string({ unit: "binary", maxLength: 40 }), fc.string({ maxLength: 12 }));
const noise = fc.oneof(
  word,
  fc.constantFrom(null, true, -1, 0, 1e308, -0.5, 2 ** 53, [], {}, [[[]]], { __proto__: 1 }),
  fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<unknown>,
);

/** Values that fit a schema, and now and then one that does not. */
function nearlyOf(schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  const right = rightOf(schema, depth);
  return fc.oneof({ weight: 24, arbitrary: right }, { weight: 1, arbitrary: noise });
}

function rightOf(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((one) => rightOf(one, depth)));
  if (schema.allOf) {
    return fc.tuple(...schema.allOf.map((one) => rightOf(one, depth))).map((all) => Object.assign({}, ...all));
  }
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === "object" && schema.properties) {
    const fields = Object.entries(schema.properties).map(([name, one]) => [name, nearlyOf(one, depth + 1)] as const);
    return fc.record(Object.fromEntries(fields), { requiredKeys: schema.required ?? [] });
  }
  if (type === "array") {
    return fc.array(nearlyOf(schema.items ?? {}, depth + 1), { maxLength: depth > 2 ? 2 : 5 });
  }
  if (type === "string") {
    const most = Math.min(schema.maxLength ?? 60, 60);
    const plain = fc.string({ minLength: Math.min(schema.minLength ?? 0, most), maxLength: most });
    const some = schema.pattern ? fc.stringMatching(new RegExp(schema.pattern)) : plain;
    return fc.oneof(
      some,
      fc.nat().map((at) => ids[at % ids.length] ?? "none"),
      fc.constant("A>B"),
    );
  }
  const { minimum: min = -3, maximum: max = 100 } = schema;
  if (type === "integer") return fc.integer({ min: Math.ceil(min), max: Math.floor(Math.max(min, max)) });
  if (type === "number") return fc.double({ min, max: Math.max(min, max), noNaN: true });
  if (type === "boolean") return fc.boolean();
  if (type === "null") return fc.constant(null);
  return noise;
}

const part = (value: unknown): string => {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return encodeURIComponent(text.toWellFormed()).slice(0, 4_000);
};

function callOf(route: Route): fc.Arbitrary<Call> {
  const inPath = route.parameters.filter((one) => one.in === "path");
  const inQuery = route.parameters.filter((one) => one.in === "query");
  const many = (all: typeof inPath) =>
    fc.record(Object.fromEntries(all.map(({ name, schema }) => [name, nearlyOf(schema)] as const)));
  const input = route.body ? nearlyOf(route.body) : fc.constant(undefined);
  const bytes = fc.uint8Array({ maxLength: 200 }).map((one) => Uint8Array.from(one));
  return fc
    .record({
      path: many(inPath),
      query: fc.option(many(inQuery), { freq: 4 }),
      input,
      how: fc.oneof(
        { weight: 12, arbitrary: fc.constant("right") },
        ...["raw", "cut", "rpc", "rpc", "rpc-noise", "none", "path-noise"].map((one) => ({
          weight: 1,
          arbitrary: fc.constant(one),
        })),
      ),
      raw: fc.oneof(
        bytes,
        word.map((text) => new TextEncoder().encode(text)),
      ),
      meta: noise,
      who: fc.nat(100),
      more: fc.constantFrom<Record<string, string>>(
        {},
        {},
        {},
        {},
        { "idempotency-key": "k" },
        { "idempotency-key": "x y" },
        { "content-type": "text/plain" },
        { "content-type": "multipart/form-data; boundary=x" },
        { cookie: "better-auth.session_token=%ff.%ff" },
        { authorization: "Bearer x.y" },
        { "content-encoding": "gzip" },
        { accept: "x/y" },
      ),
    })
    .map(({ path, query, input, how, raw, meta, who, more }): Call => {
      const fill = (text: string) =>
        text.replace(/\{(\w+)\}/g, (_, name) => (how === "path-noise" ? part(meta) : part(path[name]) || "none"));
      const headers = { "content-type": "application/json", ...more };
      if (how.startsWith("rpc") && route.procedure) {
        const asked = { ...path, ...query, ...(typeof input === "object" ? input : {}) };
        const body = JSON.stringify(how === "rpc" ? { json: asked } : { json: asked, meta });
        return { method: "POST", path: `/api/rpc${fill(route.procedure)}`, headers, body, who };
      }
      const pairs = Object.entries(query ?? {}).map(([name, value]) => `${name}=${part(value)}`);
      const to = `${fill(route.path)}${pairs.length > 0 ? `?${pairs.join("&")}` : ""}`;
      const body = input === undefined ? undefined : JSON.stringify(input);
      if (route.method === "GET") return { method: "GET", path: to, headers, body: undefined, who };
      const sent = { raw, cut: body?.slice(0, -1), none: undefined }[how as "raw"];
      return { method: "POST", path: to, headers, body: how === "right" || how === "path-noise" ? body : sent, who };
    });
}

/** Routes of the document, each of a project with the projects to call it in, and those beside it: signing in, and downloads. */
async function routesOf(address: string, projects: string[]): Promise<Route[]> {
  const document = await (await fetch(`${address}/api/v1/openapi.json`)).json();
  const procedures = new Map<string, string>();
  for (const [group, all] of Object.entries(contract)) {
    const under = isOfProject(group) ? "/projects/{project}" : "";
    for (const [name, procedure] of Object.entries(all)) {
      const { method, path } = procedure["~orpc"].route;
      procedures.set(`${method} ${under}${path}`, `${under}/${group}/${name}`);
    }
  }
  const routes: Route[] = [];
  for (const [path, item] of Object.entries<Record<string, Record<string, unknown>>>(document.paths)) {
    const { parameters: shared = [], ...operations } = item as { parameters?: Route["parameters"] } & typeof item;
    for (const parameter of shared) if (parameter.name === "project") parameter.schema = { enum: projects };
    for (const [method, operation] of Object.entries(operations)) {
      const body = (operation.requestBody ?? null) as { content: Record<string, { schema: Schema }> } | null;
      routes.push({
        method: method.toUpperCase() as Route["method"],
        path: `/api/v1${path}`,
        parameters: [...shared, ...((operation.parameters ?? []) as Route["parameters"])],
        body: body?.content["application/json"]?.schema ?? null,
        procedure: procedures.get(`${method.toUpperCase()} ${path}`) ?? null,
      });
    }
  }
  expect(new Set(routes.map(({ procedure }) => procedure)).size, "routes of the contract").toBe(procedures.size);
  const text: Schema = { type: "string" };
  const beside = (method: Route["method"], path: string, parameters: string[], body: string[]): Route => ({
    method,
    path,
    parameters: parameters.map((name) => ({ name, in: "query", schema: text })),
    body: body.length === 0 ? null : { type: "object", properties: Object.fromEntries(body.map((one) => [one, text])) },
    procedure: null,
  });
  return [
    ...routes,
    beside("POST", "/api/auth/sign-in/username", [], ["username", "password"]),
    beside("POST", "/api/auth/change-password", [], ["currentPassword", "newPassword"]),
    beside("GET", "/api/auth/get-session", ["disableCookieCache"], []),
    beside("GET", "/api/export/practice/comparisons", ["split", "format"], []),
    beside("GET", "/api/export/practice/demonstrations", ["split", "format"], []),
    beside("GET", "/api/export/practice/events", ["by", "verb", "kind", "subject", "from", "until"], []),
  ];
}

test(`${calls} calls of every route of the API: no 5xx, no stack trace`, async ({ launch }) => {
  test.setTimeout(300_000 + calls * 400);
  const server = await launch();
  const admin = await createAdmin(server.address);
  await writeAndGenerate(admin, 4, { k: 2, maxTokens: 4 });
  await rank(admin, 2);
  const { items } = await admin.api.prompts.list({});
  const comparisons = await Promise.all(items.map(({ id }) => admin.api.prompts.get({ id })));
  const models = await admin.api.models.list();
  ids = [
    ...items.map(({ id }) => id),
    ...comparisons.flatMap(({ comparisonList }) => comparisonList.map(({ id }) => id)),
    ...models.map(({ id }) => id),
    ...(await admin.api.rankings.mine({})).items.map(({ assignmentId }) => assignmentId),
  ];
  // Not the admin above, who is needed afterwards; what these do to their own accounts is theirs.
  const people: (Person | null)[] = [null];
  for (const role of ["admin", "admin", "reviewer", "engineer", "labeler"] as const) {
    people.push(await createPerson(server.address, admin, role));
  }

  const other = await admin.api.projects.create({ name: "Another" });
  // Mostly the one with work in it; one that is theirs without any, and one that is not there.
  const routes = await routesOf(server.address, ["practice", "practice", "practice", "practice", other.id, "nowhere"]);
  const answered = new Map<number, number>();
  const slowest = { ms: 0, call: "" };
  const web = childrenOf(server).web;
  let turn = 0;
  const log = () => readFileSync(join(server.data, "logs", "web.log"), "utf8");
  const before = log().length;
  const arbitraries = routes.map(callOf);
  const property = fc.asyncProperty(fc.noBias(fc.nat()), async (seed) => {
    const [call] = fc.sample(arbitraries[turn++ % routes.length]!, { numRuns: 1, seed });
    await answers(call!);
  });
  async function answers(call: Call): Promise<void> {
    const place = call.who % people.length;
    const person = people[place];
    const cookie = person?.cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    const began = performance.now();
    const reply = await fetch(`${server.address}${call.path}`, {
      method: call.method,
      headers: { ...(cookie ? { cookie } : {}), ...call.headers },
      body: call.body,
      redirect: "manual",
    });
    const streams = reply.headers.get("content-type")?.includes("event-stream");
    if (streams) await reply.body?.cancel();
    const text = streams ? "" : await reply.text();
    const tookMs = performance.now() - began;
    const said = `${call.method} ${call.path.slice(0, 200)} ${String(call.body).slice(0, 500)} → ${reply.status} ${text.slice(0, 500)}`;
    if (tookMs > slowest.ms) Object.assign(slowest, { ms: tookMs, call: `${call.method} ${call.path.slice(0, 60)}` });
    answered.set(reply.status, (answered.get(reply.status) ?? 0) + 1);
    expect(reply.status, said).toBeLessThan(500);
    expect(text, said).not.toMatch(/\n\s+at |node:internal|[\w/]+\.(ts|mjs|js):\d+|node_modules/);
    if (reply.status >= 400) {
      const body = JSON.parse(text);
      const { message } = body.json ?? body;
      expect(message, said).toMatch(/^[^\n]{1,1000}$/);
    }
    // Most refuse in an archived project, with the same sentence.
    if (reply.status === 200 && /\/projects\/\w+\/(project\/)?archive$/.test(call.path)) {
      await admin.api.project.archive({ archived: false });
    }
    if (reply.status === 401 && person && turn % 10 === 0) {
      // Signed out by a call of its own.
      people[place] = await signIn(server.address, person.username, person.role).catch(() => person);
    }
  }
  await fc.assert(property, { numRuns: calls, endOnFailure: true });

  expect((await admin.api.accounts.me())?.username).toBe(admin.username);
  expect(childrenOf(server).web, "the web process is the same one").toBe(web);
  expect(log().slice(before), "nothing was logged").toBe("");
  const memory = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${web}/status`, "utf8"))?.[1];
  const byStatus = [...answered].sort().map(([status, count]) => `${status}: ${count}`);
  console.log(`figure: ${calls} calls of ${routes.length} routes (${byStatus.join(", ")})`);
  console.log(
    `figure: the slowest took ${Math.round(slowest.ms)} ms (${slowest.call}); the web process had at most ` +
      `${Math.round(Number(memory) / 1_024)} MB`,
  );
});
