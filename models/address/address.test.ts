// Models at an address against a server that does what it should not: each is one sentence, and the other answers stay.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, isIP } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { AnswerDelta, GenerateOptions } from "../gpt/generate.ts";
import { Connection } from "./connection.ts";
import { AddressGenerator, type AddressModel } from "./generator.ts";
import { baseUrl, mustBeSafe, safeLookup } from "./safe-address.ts";
import { AddressScorer } from "./scorer.ts";

type Behaviour = (body: Record<string, never>, reply: ServerResponse, asked: IncomingMessage) => void;
let behave: Behaviour;
let bodies: Record<string, unknown>[];
const server = createServer(async (asked, reply) => {
  let text = "";
  for await (const part of asked) text += part;
  const body = JSON.parse(text);
  bodies.push(body);
  behave(body, reply, asked);
});
let url: string;
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});
let pauses: number[];
beforeEach(() => {
  [bodies, pauses] = [[], []];
});

const key = "sk-secret-of-this-test";
const model = (changed: Partial<AddressModel> = {}): AddressModel => ({
  baseUrl: url,
  key,
  model: "some-model",
  asks: "chat",
  timeLimitMs: 20_000,
  parallel: 4,
  allowInner: true,
  ...changed,
});
const generatorOf = (changed: Partial<AddressModel> = {}) =>
  new AddressGenerator(model(changed), new Connection(model(changed), async (ms) => void pauses.push(ms)));

/** The newest state of each answer, and what was thrown at the end. */
async function answered(generator: AddressGenerator, options: Partial<GenerateOptions> = {}) {
  const answers: AnswerDelta[] = [];
  const asked = { prompt: "Hi?", temperature: 1, topP: 0.9, maxTokens: 8, seeds: [5], ...options };
  try {
    for await (const deltas of generator.generate(asked)) for (const delta of deltas) answers[delta.index] = delta;
    return { answers, error: null };
  } catch (error) {
    return { answers, error: error as Error };
  }
}

const event = (data: unknown) => `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
const piece = (content: string, index = 0) => event({ choices: [{ index, delta: { content } }] });
const finish = (finish_reason = "stop", index = 0) => event({ choices: [{ index, delta: {}, finish_reason }] });
const about = { model: "some-model-2026", system_fingerprint: "fp_1" };
const usage = event({ ...about, choices: [], usage: { prompt_tokens: 10, completion_tokens: 2 } });
const streaming = { "content-type": "text/event-stream" };
const good: Behaviour = (body, reply) =>
  reply.writeHead(200, streaming).end(piece("Fish") + piece(` ${body.seed}`) + finish() + usage + event("[DONE]"));

test("answers stream, and each keeps how it came about, without the key", async () => {
  behave = (body, reply, asked) => {
    expect([asked.url, asked.headers.authorization]).toEqual(["/v1/chat/completions", `Bearer ${key}`]);
    good(body, reply, asked);
  };
  const price = { prompt: 1, answer: 10 };
  const { answers, error } = await answered(generatorOf({ price, extra: { min_p: 0.1, top_p: null } }), {
    seeds: [5, 6, 7],
  });
  expect(error).toBe(null);
  expect(answers.map(({ text, tokens, finish }) => [text, tokens, finish])).toEqual(
    [5, 6, 7].map((seed) => [`Fish ${seed}`, 2, "stop"]),
  );
  const { origin } = answers[0]!;
  expect(origin).toEqual({
    url: `${url}/chat/completions`,
    sent: {
      model: "some-model",
      messages: [{ role: "user", content: "Hi?" }],
      temperature: 1,
      max_tokens: 8,
      seed: 5,
      stream: true,
      stream_options: { include_usage: true },
      min_p: 0.1,
    },
    model: "some-model-2026",
    fingerprint: "fp_1",
    finishReason: "stop",
    promptTokens: 10,
    tokens: 2,
    cost: 30 / 1e6,
  });
  expect(JSON.stringify(answers)).not.toContain(key);
});

test("several in one call where the server does that, and a call for each that it left out", async () => {
  behave = (body, reply, asked) => {
    if (body.n === undefined) return good(body, reply, asked);
    reply
      .writeHead(200, streaming)
      .end(piece("a", 0) + piece("b", 1) + finish("length", 0) + finish("stop", 1) + event("[DONE]"));
  };
  const { answers, error } = await answered(generatorOf({ severalPerCall: true }), { seeds: [1, 2, 3] });
  expect([error, bodies.map(({ n }) => n)]).toEqual([null, [3, undefined]]);
  expect(answers.map(({ text, finish }) => [text, finish])).toEqual([
    ["a", "length"],
    ["b", "stop"],
    ["Fish 3", "stop"],
  ]);
});

test("a server that calls the longest answer otherwise is asked by its word", async () => {
  const message =
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
  behave = (body, reply, asked) => {
    if (!("max_tokens" in body)) return good(body, reply, asked);
    reply.writeHead(400, json).end(JSON.stringify({ error: { message, code: "unsupported_parameter" } }));
  };
  const generator = generatorOf({ parallel: 1 });
  const { answers, error } = await answered(generator, { seeds: [1, 2] });
  expect([error, answers.map(({ text }) => text)]).toEqual([null, ["Fish 1", "Fish 2"]]);
  expect(answers[1]!.origin?.sent).toMatchObject({ max_completion_tokens: 8 });
  // From then on at once.
  bodies = [];
  await answered(generator, { seeds: [3] });
  expect(bodies).toMatchObject([{ max_completion_tokens: 8, seed: 3 }]);
  // A server that refuses both is not asked for ever.
  behave = (_, reply) => reply.writeHead(400, json).end(JSON.stringify({ error: { message } }));
  bodies = [];
  expect((await answered(generatorOf())).error?.message).toMatch(/refuses this \(400\)/);
  expect(bodies).toHaveLength(2);
});

test("a plain completion gets the prompt as one text", async () => {
  behave = (_, reply, asked) => {
    expect(asked.url).toBe("/v1/completions");
    reply.writeHead(200, streaming).end(event({ choices: [{ text: "Fish", finish_reason: "stop" }] }));
  };
  const { answers } = await answered(generatorOf({ asks: "completion" }), { stop: ["\n"] });
  expect(answers[0]).toMatchObject({ text: "Fish", finish: "stop" });
  expect(bodies[0]).toMatchObject({ prompt: "Hi?", stop: ["\n"] });
});

test("characters and events cut anywhere by the network come out whole", async () => {
  const bytes = Buffer.from(piece("Fuß 🙂") + finish() + event("[DONE]"));
  behave = (_, reply) => {
    reply.writeHead(200, streaming);
    const send = (at: number) => {
      if (at === bytes.length) return reply.end();
      reply.write(bytes.subarray(at, at + 1));
      setImmediate(send, at + 1);
    };
    send(0);
  };
  expect((await answered(generatorOf())).answers[0]!.text).toBe("Fuß 🙂");
});

test("what may pass is tried again after as long as the server asks, or twice as long each time", async () => {
  const replies: Behaviour[] = [
    (_, reply) => reply.writeHead(429, { "retry-after": "7" }).end(),
    (_, reply) => reply.writeHead(503).end(),
    (_, reply) => reply.writeHead(429, { "retry-after-ms": "30" }).end(),
    good,
  ];
  behave = (...args) => replies.shift()!(...args);
  const { answers, error } = await answered(generatorOf());
  expect([error, answers[0]!.text, pauses]).toEqual([null, "Fish 5", [7_000, 1_000, 30]]);
});

test("a date to wait for is obeyed, by the server's clock; what is no date is not", async () => {
  const replies: Behaviour[] = [
    (_, reply) =>
      reply
        .writeHead(429, { date: "Mon, 30 Nov 2026 20:00:00 GMT", "retry-after": "Mon, 30 Nov 2026 20:00:09 GMT" })
        .end(),
    (_, reply) =>
      reply
        .writeHead(503, { date: "Mon, 30 Nov 2026 20:00:00 GMT", "retry-after": "Mon, 30 Nov 2026 19:59:00 GMT" })
        .end(),
    (_, reply) => reply.writeHead(503, { "retry-after": "soon" }).end(),
    good,
  ];
  behave = (...args) => replies.shift()!(...args);
  const { answers, error } = await answered(generatorOf());
  expect([error, answers[0]!.text, pauses]).toEqual([null, "Fish 5", [9_000, 0, 2_000]]);

  // Further away than anybody waits.
  behave = (_, reply) => reply.writeHead(429, { "retry-after": "Wed, 30 Nov 2066 20:00:00 GMT" }).end();
  expect((await answered(generatorOf())).error!.message).toMatch(/asked too much/);
  expect(pauses).toHaveLength(3);
});

test.each([
  [{ prompt: 1, answer: 10 }, 30],
  [{ prompt: 0, answer: 0 }, 0],
  [{ prompt: 1, answer: null }, null],
  [{ prompt: null, answer: 10 }, null],
  [{ prompt: null, answer: null }, null],
])("of the prices %j the cost of an answer is %s millionths", async (price, cost) => {
  behave = (_, reply) => {
    const usage = { prompt_tokens: 10, completion_tokens: 2 };
    const choices = [{ delta: { content: "Fish" }, finish_reason: "stop" }];
    reply.writeHead(200, streaming).end(event({ choices, usage }) + event("[DONE]"));
  };
  const { answers } = await answered(generatorOf({ price }));
  expect(answers[0]!.origin!.cost).toBe(cost === null ? null : cost / 1e6);
});

test("no more calls at once than the setting says", async () => {
  let [going, most] = [0, 0];
  behave = (body, reply, asked) => {
    going++;
    most = Math.max(most, going);
    reply.once("close", () => going--);
    setImmediate(() => good(body, reply, asked));
  };
  const { answers } = await answered(generatorOf({ parallel: 2 }), { seeds: [1, 2, 3, 4, 5, 6] });
  expect([answers.length, most]).toEqual([6, 2]);
});

const json = { "content-type": "application/json" };
const failures: [string, Behaviour, RegExp, number][] = [
  [
    "429 without end",
    (_, r) => r.writeHead(429, json).end('{"error":{"message":"Slow down."}}'),
    /asked too much.*Slow down/,
    4,
  ],
  ["429 for an hour", (_, r) => r.writeHead(429, { "retry-after": "3600" }).end(), /asked too much/, 1],
  ["500", (_, r) => r.writeHead(500, json).end('{"detail":"CUDA out of memory"}'), /failed \(500\): CUDA/, 4],
  ["a wrong key", (_, r) => r.writeHead(401, json).end(`{"error":{"message":"Wrong: ${key}"}}`), /another key/, 1],
  [
    "a key said back",
    (_, r) => r.writeHead(400, json).end(`{"error":{"message":"Bad ${key}\\nline"}}`),
    /Bad … line/,
    1,
  ],
  [
    "a key said back in the middle",
    (_, r) => r.writeHead(200, streaming).end(event({ error: { message: `Wrong: ${key}` } })),
    /middle: Wrong: …\./,
    4,
  ],
  ["a key as a type", (_, r) => r.writeHead(200, { "content-type": `text/${key}` }).end(), /answers with text\/…/, 1],
  ["no such model", (_, r) => r.writeHead(404, json).end('{"error":"no such model"}'), /404.*no such model/, 1],
  ["a redirect", (_, r) => r.writeHead(302, { location: "http://169.254.169.254/" }).end(), /sends elsewhere/, 1],
  ["a web page", (_, r) => r.writeHead(200, { "content-type": "text/html" }).end("<html>"), /text\/html/, 1],
  ["no JSON", (_, r) => r.writeHead(200, streaming).end(event("<html>")), /no JSON/, 1],
  ["other JSON", (_, r) => r.writeHead(200, streaming).end(event({ choices: "none" })), /OpenAI's API/, 1],
  ["nothing", (_, r) => r.writeHead(200, streaming).end(), /broke off/, 4],
  ["an end in the middle", (_, r) => r.writeHead(200, streaming).end(piece("Fi")), /broke off/, 4],
  ["a cut connection", (_, r) => r.writeHead(200, streaming).write(piece("Fi"), () => r.destroy()), /broke off/, 4],
  [
    "an error in the middle",
    (_, r) => r.writeHead(200, streaming).end(piece("F") + event({ error: { message: "lost" } })),
    /middle: lost/,
    4,
  ],
  [
    "half a character",
    (_, r) => r.writeHead(200, streaming).end(Buffer.from(piece("ß")).subarray(0, -9)),
    /broken character|broke off/,
    4,
  ],
  ["a wrong character", (_, r) => r.writeHead(200, streaming).end(Buffer.from([0x64, 0xff, 0xfe])), /UTF-8/, 4],
  ["a filter", (_, r) => r.writeHead(200, streaming).end(finish("content_filter")), /withheld/, 1],
  ["10 MB", (_, r) => r.writeHead(200, streaming).end(piece("x".repeat(10_000_000))), /more than 8 MB/, 1],
  ["10 MB without an event", (_, r) => r.writeHead(200, streaming).end("x".repeat(10_000_000)), /more than 8 MB/, 1],
  ["10 MB of error", (_, r) => r.writeHead(400).end("x".repeat(10_000_000)), /refuses this/, 1],
];
test.each(failures)("%s is one sentence, and the other answers stay", async (_, badly, sentence, tries) => {
  behave = (body, reply, asked) => (body.seed === 1 ? badly(body, reply, asked) : good(body, reply, asked));
  const { answers, error } = await answered(generatorOf(), { seeds: [0, 1, 2] });
  expect(error!.message).toMatch(sentence);
  expect(error!.message).toMatch(/^[A-Z][^\n]*[.?]$/);
  expect(error!.message).not.toContain(key);
  expect([answers[0]?.text, answers[2]?.text]).toEqual(["Fish 0", "Fish 2"]);
  expect(answers[1]?.finish ?? null).toBe(null);
  expect(bodies.filter(({ seed }) => seed === 1)).toHaveLength(tries);
});

test("a server that hangs is waited for as long as the setting says", async () => {
  behave = (body, reply, asked) =>
    body.seed === 1 ? reply.writeHead(200, streaming).write(piece("Fi")) : good(body, reply, asked);
  const { error } = await answered(generatorOf({ timeLimitMs: 300 }), { seeds: [1] });
  expect(error!.message).toMatch(/did not answer within 0.3 s\.$/);
});

test("who stops asking ends the call", async () => {
  const closed = Promise.withResolvers<void>();
  behave = (_, reply) => {
    reply.once("close", closed.resolve);
    reply.writeHead(200, streaming).write(piece("Fi"));
  };
  const stopping = new AbortController();
  const options = { prompt: "Hi?", temperature: 1, topP: 1, maxTokens: 8, seeds: [5], signal: stopping.signal };
  const asked = async () => {
    for await (const _ of generatorOf().generate(options)) stopping.abort(new Error("stopped"));
  };
  await expect(asked()).rejects.toThrow("stopped");
  await closed.promise;
});

test("a server that is not there is one sentence", async () => {
  const { error } = await answered(generatorOf({ baseUrl: "http://127.0.0.1:1/v1" }));
  expect(error!.message).toBe("The server at 127.0.0.1:1 cannot be reached (ECONNREFUSED).");
});

describe("scores", () => {
  const items = [
    { prompt: "Hi?", answer: "Fish $& {prompt}" },
    { prompt: "Ho?", answer: "Crabs" },
  ];
  const judge = { ...model(), asks: "classify" as const };
  const scorer = (changed: object = {}) =>
    new AddressScorer(
      { ...judge, baseUrl: url, ...changed },
      new Connection(model(), async (ms) => void pauses.push(ms)),
    );

  test("vLLM's, of texts put together as the setting says, in the order of their numbers", async () => {
    const data = [
      { index: 1, probs: [-2] },
      { index: 0, probs: [3.5] },
    ];
    behave = (_, reply) => reply.writeHead(200, json).end(JSON.stringify({ data }));
    expect(await scorer({ text: "{prompt}\n{answer}" }).score(items)).toEqual([3.5, -2]);
    expect(bodies[0]).toEqual({
      model: "some-model",
      use_activation: false,
      input: ["Hi?\nFish $& {prompt}", "Ho?\nCrabs"],
    });
  });

  test("OpenRLHF's, with the prompts beside the texts", async () => {
    behave = (_, reply) => reply.writeHead(200, json).end('{"rewards": [1, 2]}');
    expect(await scorer({ asks: "get_reward", model: "" }).score(items)).toEqual([1, 2]);
    expect(bodies[0]).toEqual({ query: ["Hi?Fish $& {prompt}", "Ho?Crabs"], prompts: ["Hi?", "Ho?"] });
  });

  test("a text without the answer is refused before anything is sent", () => {
    expect(() => scorer({ text: "{prompt}" })).toThrow("The text to be scored has no {answer} in it.");
  });

  test.each<[string, string, RegExp]>([
    ["one too few", '{"rewards": [1]}', /1 scores for 2/],
    ["a number that is none", '{"rewards": [1, null]}', /reward model/],
    ["one beyond all numbers", '{"rewards": [1, 1e999]}', /reward model/],
    ["half a JSON", '{"rewards": [1', /whole JSON/],
  ])("%s", async (_, text, sentence) => {
    behave = (_body, reply) => reply.writeHead(200, json).end(text);
    await expect(scorer({ asks: "get_reward" }).score(items)).rejects.toThrow(sentence);
  });
});

describe("where nothing is sent", () => {
  test.each([
    "169.254.169.254",
    "fe80::1",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "64:ff9b::a9fe:a9fe",
    "fd00:ec2::254",
    "100.100.100.200",
    "0.0.0.0",
    "::",
    "224.0.0.1",
    "255.255.255.255",
    "fd20:ce::254",
    "2002:a9fe:a9fe::1",
    "2002:7f00:1::",
    "2001:0:a9fe:a9fe::",
    "64:ff9b:1::a9fe:a9fe",
    "::ffff:0:a9fe:a9fe",
  ])("%s, never", (ip) => {
    for (const allowInner of [false, true]) expect(() => mustBeSafe(ip, allowInner)).toThrow(/machinery/);
  });
  test.each([
    "127.0.0.1",
    "::1",
    "10.1.2.3",
    "172.31.0.1",
    "192.168.0.1",
    "100.64.0.1",
    "fd12::1",
    "fec0::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
  ])("%s, but where a setting allows", (ip) => {
    expect(() => mustBeSafe(ip, false)).toThrow(/RANKLOOP_PRIVATE_ADDRESSES/);
    mustBeSafe(ip, true);
  });
  test.each(["93.184.215.14", "172.32.0.1", "2606:4700::1111", "100.128.0.1"])("%s is a server's", (ip) => {
    mustBeSafe(ip, false);
  });

  test.each([
    ["ftp://a.example", /no address of a server/],
    ["api.example/v1", /no address of a server/],
    ["https://me:secret@a.example/v1", /its own field/],
    ["https://a.example/v1?key=1", /leave that out/],
    ["http://2130706433/v1", /private network/],
    ["http://0x7f.1/v1", /private network/],
    ["http://0177.0.0.1/v1", /private network/],
    ["http://127.1/v1", /private network/],
    ["http://2852039166/v1", /machinery/],
    ["http://[::ffff:169.254.169.254]/v1", /machinery/],
    ["http://[::1]/v1", /private network/],
  ])("%s is no base URL", (text, sentence) => {
    expect(() => baseUrl(text, false)).toThrow(sentence);
  });

  test.each<[string, string[], RegExp | null]>([
    ["a server's address", ["93.184.215.14"], null],
    ["a cloud's own", ["169.254.169.254"], /machinery/],
    ["a cloud's own in other clothes", ["::ffff:a9fe:a9fe"], /machinery/],
    ["a server's and a cloud's own", ["93.184.215.14", "169.254.169.254"], /machinery/],
    ["a server's and this machine's", ["2606:4700::1111", "127.0.0.1"], /private network/],
  ])("a name that leads to %s", (_, addresses, refused) => {
    const found = addresses.map((address) => ({ address, family: isIP(address) }));
    const resolve = safeLookup(false, (_name, _options, callback) => callback(null, found));
    for (const all of [true, false]) {
      const told = vi.fn();
      resolve("a.example", { all }, told);
      if (refused === null) expect(told.mock.calls).toEqual([all ? [null, found] : [null, addresses[0], 4]]);
      else
        expect(told.mock.calls).toEqual([[expect.objectContaining({ message: expect.stringMatching(refused) }), ""]]);
    }
  });

  test("a name that leads to this machine", async () => {
    const { port } = server.address() as AddressInfo;
    behave = good;
    const local = `http://localhost:${port}/v1`;
    const { error } = await answered(generatorOf({ baseUrl: local, allowInner: false }));
    expect(error!.message).toMatch(/private network/);
    expect(bodies).toEqual([]);
  });
});
