// The models behind OpenAI's API as its own client sees them, over a socket, beside what the shell's commands answer.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GptGenerator } from "../../models/gpt/generate.ts";
import { RewardScorer } from "../../models/train/score.ts";
import { writeTinyModel } from "../worker/tiny-model.fixture.ts";
import { Engine, type Served } from "./engine.ts";
import { servingServer } from "./server.ts";

let root: string;
let url: string;
let client: OpenAI;
const engine = new Engine();
const served = (): Served[] =>
  (["lm", "reward"] as const).map((kind) => ({
    id: `tiny-${kind}`,
    kind,
    directory: join(root, kind),
    bits: 32,
    createdAt: 1_700_000_000_000,
  }));
const key = "a-secret-of-this-test";
const server = servingServer({ engine, models: async () => served(), host: "127.0.0.1", token: key });

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "rankloop-serve-"));
  await writeTinyModel(join(root, "lm"));
  await writeTinyModel(join(root, "reward"), "reward");
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
});
afterAll(() => {
  engine.stop();
  server.close();
  server.closeAllConnections();
  rmSync(root, { recursive: true, force: true });
});

const question = "What do otters eat?";
const messages = [{ role: "user" as const, content: question }];
const model = "tiny-lm";

/** What `rankloop generate` prints for these. */
async function generated(options: { temperature: number; maxTokens: number; seeds: number[]; topP?: number }) {
  const generator = await GptGenerator.load(join(root, "lm"));
  const texts = options.seeds.map(() => ({ text: "", tokens: 0, finish: null as string | null }));
  for await (const deltas of generator.generate({ topP: 1, ...options, prompt: question })) {
    for (const { index, text, tokens, finish } of deltas) texts[index] = { text, tokens, finish };
  }
  await generator.dispose();
  return texts;
}

test("lists the models, and one of them", async () => {
  const { data } = await client.models.list();
  expect(data.map(({ id }) => id)).toEqual(["tiny-lm", "tiny-reward"]);
  expect(await client.models.retrieve("tiny-lm")).toMatchObject({
    id: "tiny-lm",
    object: "model",
    created: 1_700_000_000,
  });
});

test.each(["/v1/models/%E0%A4%A", "/v1/models/a%00b", "//v1/models"])("%s is no address", async (path) => {
  const { port } = server.address() as AddressInfo;
  const [response] = await once(request({ port, path, headers: { authorization: `Bearer ${key}` } }).end(), "response");
  expect([response.statusCode, await text(response)]).toEqual([400, expect.stringContaining("This is no address.")]);
});

test("a chat answers as the shell does, whole and as a stream", async () => {
  const [greedy] = await generated({ temperature: 0, maxTokens: 24, seeds: [1] });
  const asked = { model, messages, temperature: 0, max_tokens: 24 };
  const whole = await client.chat.completions.create(asked);
  expect(whole.choices[0]!.message.content).toBe(greedy!.text);
  expect(whole.choices[0]!.finish_reason).toBe(greedy!.finish);
  expect(whole.usage).toMatchObject({ completion_tokens: greedy!.tokens });
  expect(whole.usage!.total_tokens).toBe(whole.usage!.prompt_tokens + greedy!.tokens);
  const stream = await client.chat.completions.create({
    ...asked,
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = "";
  let finish: string | null = null;
  let usage: OpenAI.CompletionUsage | null | undefined;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? "";
    finish ??= chunk.choices[0]?.finish_reason ?? null;
    usage = chunk.usage;
    expect(chunk.system_fingerprint).toBe(whole.system_fingerprint);
  }
  expect([text, finish, usage]).toEqual([greedy!.text, greedy!.finish, whole.usage]);
});

test("a chat's longest answer goes by its old name and its new one, which counts where both are sent", async () => {
  const asked = { model, messages, temperature: 0 };
  const tokens = async (limits: { max_tokens?: number; max_completion_tokens?: number }) => {
    const { choices, usage } = await client.chat.completions.create({ ...asked, ...limits });
    return [choices[0]!.finish_reason, usage!.completion_tokens];
  };
  expect(await tokens({ max_tokens: 3 })).toEqual(["length", 3]);
  expect(await tokens({ max_completion_tokens: 4 })).toEqual(["length", 4]);
  expect(await tokens({ max_tokens: 9, max_completion_tokens: 2 })).toEqual(["length", 2]);
});

test("nine answers of a seed are the shell's nine, and the same again", async () => {
  const seeds = Array.from({ length: 9 }, (_, i) => 7 + i);
  const made = await generated({ temperature: 1, topP: 0.9, maxTokens: 12, seeds });
  const asked = { model, messages, temperature: 1, top_p: 0.9, max_tokens: 12, n: 9, seed: 7 };
  for (const again of [await client.chat.completions.create(asked), await client.chat.completions.create(asked)]) {
    expect(again.choices.map(({ message }) => message.content)).toEqual(made.map(({ text }) => text));
    expect(again.choices.map(({ index }) => index)).toEqual(seeds.map((_, i) => i));
  }
  const texts = Array.from({ length: 9 }, () => "");
  for await (const { choices } of await client.chat.completions.create({ ...asked, stream: true })) {
    for (const { index, delta } of choices) texts[index] += delta.content ?? "";
  }
  expect(texts).toEqual(made.map(({ text }) => text));
});

describe("completions", () => {
  test("go on from the text as it stands; several prompts answer side by side", async () => {
    const asked = { model, temperature: 0, max_tokens: 8 };
    const one = await client.completions.create({ ...asked, prompt: "Otters eat" });
    const other = await client.completions.create({ ...asked, prompt: "They live" });
    const both = await client.completions.create({ ...asked, prompt: ["Otters eat", "They live"] });
    expect(both.choices.map(({ text }) => text)).toEqual([one.choices[0]!.text, other.choices[0]!.text]);
    expect(both.usage!.prompt_tokens).toBe(one.usage!.prompt_tokens + other.usage!.prompt_tokens);
  });

  test("end before what they are to stop at, and no stream shows its beginning", async () => {
    const asked = { model, prompt: "Otters eat", temperature: 0, max_tokens: 24 };
    const { text } = (await client.completions.create(asked)).choices[0]!;
    const stop = text.slice(5, 9);
    const expected = text.slice(0, text.indexOf(stop));
    const [choice] = (await client.completions.create({ ...asked, stop: [stop, "never"] })).choices;
    expect(choice).toMatchObject({ text: expected, finish_reason: "stop" });
    let streamed = "";
    for await (const { choices } of await client.completions.create({ ...asked, stop, stream: true })) {
      streamed += choices[0]?.text ?? "";
      expect(expected.startsWith(streamed)).toBe(true);
    }
    expect(streamed).toBe(expected);
  });

  test("tell how likely each token was, at any temperature", async () => {
    const asked = { model, prompt: "Otters eat", max_tokens: 6, logprobs: 3, seed: 3 };
    for (const temperature of [0, 1.5]) {
      const { choices } = await client.completions.create({ ...asked, temperature });
      const { text, logprobs } = choices[0]!;
      const { tokens, token_logprobs, top_logprobs, text_offset } = logprobs!;
      const named = tokens!.map((token) => (token.startsWith("token_id:") ? "" : token));
      // Characters beyond ASCII take several of this model's tokens.
      expect(named.join("")).toBe(text.replace(/\P{ASCII}/gu, ""));
      expect(text_offset).toEqual(named.map((_, i) => named.slice(0, i).join("").length));
      expect(top_logprobs!.every((top) => Object.keys(top).length === 3)).toBe(true);
      for (const [i, logprob] of token_logprobs!.entries()) {
        const best = Math.max(...Object.values(top_logprobs![i]!));
        if (temperature === 0) expect(logprob).toBeCloseTo(best, 5);
        else expect(logprob).toBeLessThanOrEqual(best + 1e-5);
      }
    }
    // Before any temperature: the first token's chances are the same at all.
    const firsts = await Promise.all(
      [0, 0.5, 2].map(async (temperature) => {
        const { choices } = await client.completions.create({ ...asked, temperature, logprobs: 20 });
        return Object.values(choices[0]!.logprobs!.top_logprobs![0]!);
      }),
    );
    for (const other of firsts) for (const [i, one] of other.entries()) expect(one).toBeCloseTo(firsts[0]![i]!, 4);
  });
});

test("a chat's log-probabilities stand at its tokens, streamed ones too", async () => {
  const asked = { model, messages, temperature: 0, max_tokens: 6, logprobs: true, top_logprobs: 2 };
  const { message, logprobs } = (await client.chat.completions.create(asked)).choices[0]!;
  expect(logprobs!.content!.map(({ token }) => token).join("")).toBe(message.content);
  for (const { logprob, token, bytes, top_logprobs } of logprobs!.content!) {
    expect(top_logprobs[0]).toMatchObject({ token, logprob });
    expect(Buffer.from(bytes!).toString()).toBe(token);
  }
  const streamed = [];
  for await (const { choices } of await client.chat.completions.create({ ...asked, stream: true })) {
    streamed.push(...(choices[0]?.logprobs?.content ?? []));
  }
  expect(streamed).toEqual(logprobs!.content);
});

test("several at a time are all answered, each as if alone", async () => {
  const seeds = Array.from({ length: 12 }, (_, i) => i);
  const made = await generated({ temperature: 1, maxTokens: 10, seeds });
  const asked = await Promise.all(
    seeds.map((seed) => client.chat.completions.create({ model, messages, temperature: 1, max_tokens: 10, seed })),
  );
  expect(asked.map(({ choices }) => choices[0]!.message.content)).toEqual(made.map(({ text }) => text));
});

test("who leaves ends the work: what comes after is answered at once", async () => {
  for (let i = 0; i < 6; i++) {
    const stream = await client.chat.completions.create({ model, messages, n: 32, temperature: 1, stream: true });
    for await (const _ of stream) break;
  }
  const leaving = new AbortController();
  const whole = client.chat.completions.create({ model, messages, n: 32 }, { signal: leaving.signal });
  leaving.abort();
  await expect(whole).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
  const { choices } = await client.chat.completions.create({ model, messages, temperature: 0, max_tokens: 3 });
  expect(choices).toHaveLength(1);
});

describe("scores", () => {
  const post = async (path: string, body: unknown, token = key) => {
    const reply = await fetch(url + path, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    return { status: reply.status, body: await reply.json() };
  };
  const answer = "Otters eat fish.";

  test("vLLM's /classify gives what `rankloop score` does, of turns and of whole texts", async () => {
    const scorer = await RewardScorer.load(join(root, "reward"));
    const [expected] = await scorer.score([{ prompt: question, answer }]);
    const { tokenizer } = scorer;
    const ids = [...tokenizer.encodePrompt(question), ...tokenizer.encodeAnswer(answer)];
    await scorer.dispose();
    const turns = { messages: [...messages, { role: "assistant", content: answer }] };
    for (const input of [turns, { input: ids }, { input: [ids] }]) {
      const { body } = await post("/classify", { model: "tiny-reward", use_activation: false, ...input });
      expect(body.data[0].probs[0]).toBeCloseTo(expected!, 5);
      expect(body.data[0].num_classes).toBe(1);
    }
    const { body } = await post("/v1/classify", { model: "tiny-reward", ...turns });
    expect(body.data[0].probs[0]).toBeCloseTo(1 / (1 + Math.exp(-expected!)), 5);
  });

  test("OpenRLHF's /get_reward reads each text at one end token, whoever put it there", async () => {
    const scorer = await RewardScorer.load(join(root, "reward"));
    const [expected] = await scorer.score([{ prompt: question, answer }]);
    // As the chat template writes it, whose special tokens a program spells out.
    const prompt = `<|endoftext|>User: ${question}\nAssistant:\n`;
    await scorer.dispose();
    const end = "<|endoftext|>";
    const query = [prompt + answer, prompt + answer + end, prompt + answer + end + end];
    const { body } = await post("/get_reward", { query, prompts: query.map(() => prompt) });
    for (const reward of body.rewards) expect(reward).toBeCloseTo(expected!, 5);
    expect(body.scores).toEqual(body.rewards);
    expect((await post("/v1/get_reward", { query })).body.rewards).toHaveLength(3);
  });

  test.each([
    [{ query: [] }, 400],
    [{ query: ["a", "b"], prompts: ["a"] }, 400],
    [{ query: "otters ".repeat(400) }, 400],
    [{ query: "otters", model: "tiny-lm" }, 400],
    [{ query: "otters", model: "other" }, 404],
  ])("%o is refused by one sentence", async (body, status) => {
    const reply = await post("/get_reward", body);
    expect(reply.status).toBe(status);
    expect(reply.body.error.message).toMatch(/^[A-Z"][^\n]*\.$/);
  });
});

describe("what is refused is one sentence, in the client's own classes", () => {
  const chat = (body: object) =>
    client.chat.completions.create({ model, messages, ...body } as OpenAI.ChatCompletionCreateParamsNonStreaming);

  test.each<[string, object, string]>([
    ["a prompt longer than the context", { messages: [{ role: "user", content: "otters ".repeat(200) }] }, "no room"],
    ["no turn", { messages: [] }, "messages"],
    ["an image", { messages: [{ role: "user", content: [{ type: "image_url", image_url: "x" }] }] }, "text"],
    ["a role", { messages: [{ role: "tool", content: "x" }] }, "role"],
    ["tools", { tools: [{ type: "function", function: { name: "f" } }] }, "tools"],
    ["a penalty", { presence_penalty: 1 }, "presence_penalty"],
    ["JSON", { response_format: { type: "json_object" } }, "text"],
    ["33 answers", { n: 33 }, '"n"'],
    ["a temperature of 3", { temperature: 3 }, "temperature"],
    ["a top-p of 0", { top_p: 0 }, "top_p"],
    ["an empty stop", { stop: "" }, "stop"],
    ["what nobody knows", { min_p: 0.1 }, "min_p"],
    ["a reward model", { model: "tiny-reward" }, "reward model"],
  ])("%s", async (_, body, named) => {
    const error = await chat(body).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error.error.message).toContain(named);
    expect(error.error.message).toMatch(/^[A-Z"][^\n]*\.$/);
    const streamed = await chat({ ...body, stream: true }).catch((thrown) => thrown);
    expect(streamed).toBeInstanceOf(OpenAI.BadRequestError);
  });

  test("an unknown token, model, address, method, body and key", async () => {
    const unknown = await client.completions.create({ model, prompt: [[99_999]] }).catch((thrown) => thrown);
    expect(unknown).toBeInstanceOf(OpenAI.BadRequestError);
    expect(unknown.message).toContain("99999");
    const other = await chat({ model: "gpt-4" }).catch((thrown) => thrown);
    expect(other).toBeInstanceOf(OpenAI.NotFoundError);
    expect(other.code).toBe("model_not_found");
    await expect(client.embeddings.create({ model, input: "x" })).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(client.get("/completions")).rejects.toMatchObject({ status: 405 });
    const stranger = new OpenAI({ baseURL: `${url}/v1`, apiKey: "another", maxRetries: 0 });
    await expect(stranger.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const half = await fetch(`${url}/v1/completions`, { method: "POST", headers, body: '{"model": ' });
    expect([half.status, (await half.json()).error.message]).toEqual([400, "The request's body is not JSON."]);
    const form = await fetch(`${url}/v1/completions`, {
      method: "POST",
      body: "{}",
      headers: { authorization: headers.authorization },
    });
    expect(form.status).toBe(415);
  });

  test("a name that a page lets point at this machine", async () => {
    const { port } = server.address() as AddressInfo;
    const asked = request({ port, host: "127.0.0.1", path: "/v1/models", headers: { host: "evil.example" } }).end();
    const [reply] = await once(asked, "response");
    expect(reply.statusCode).toBe(421);
    reply.destroy();
  });
});

test("a model whose directory is broken says so, and another answers meanwhile", async () => {
  const broken: Served = { ...served()[0]!, id: "broken", directory: join(root, "nowhere") };
  const own = new Engine();
  const other = servingServer({ engine: own, models: async () => [broken, ...served()], host: "127.0.0.1", token: "" });
  other.listen(0, "127.0.0.1");
  await once(other, "listening");
  const baseURL = `http://127.0.0.1:${(other.address() as AddressInfo).port}/v1`;
  const asking = new OpenAI({ baseURL, apiKey: "none", maxRetries: 0 });
  try {
    const error = await asking.completions.create({ model: "broken", prompt: "a" }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.InternalServerError);
    expect(error.message).toContain("cannot be used");
    expect(error.message).not.toContain(root);
    expect((await asking.completions.create({ model, prompt: "a", max_tokens: 2 })).choices).toHaveLength(1);
  } finally {
    own.stop();
    other.close();
    other.closeAllConnections();
  }
});

test("who has too much waiting hears it in the client's own class, with a time to wait", async () => {
  const own = new Engine();
  const other = servingServer({ engine: own, models: async () => served(), host: "127.0.0.1", token: "" });
  other.listen(0, "127.0.0.1");
  await once(other, "listening");
  const baseURL = `http://127.0.0.1:${(other.address() as AddressInfo).port}/v1`;
  const asking = new OpenAI({ baseURL, apiKey: "none", maxRetries: 0 });
  const leaving = new AbortController();
  const asked = { model, prompt: "a", max_tokens: 2 };
  await asking.completions.create(asked);
  const [pid] = own.pids();
  // Nothing is answered meanwhile, so what is asked waits.
  process.kill(pid!, "SIGSTOP");
  try {
    const waiting = Array.from({ length: 64 }, () =>
      asking.completions.create(asked, { signal: leaving.signal }).catch((error: unknown) => error),
    );
    const refused = await Promise.race(waiting);
    expect(refused).toBeInstanceOf(OpenAI.RateLimitError);
    expect(refused).toMatchObject({ code: "rate_limit_exceeded", message: expect.stringContaining("ask again when") });
    expect((refused as InstanceType<typeof OpenAI.RateLimitError>).headers.get("retry-after")).toBe("1");
    leaving.abort();
    await Promise.all(waiting);
  } finally {
    process.kill(pid!, "SIGCONT");
  }
  expect((await asking.completions.create(asked)).choices).toHaveLength(1);
  own.stop();
  other.close();
  other.closeAllConnections();
});

/** `rankloop serve`, until the body is done. */
async function shell<T>(
  args: string[],
  env: Record<string, string>,
  body: (lines: AsyncIterable<string>) => Promise<T>,
) {
  const cli = join(import.meta.dirname, "..", "cli.mjs");
  const child = spawn(process.execPath, [cli, "serve", ...args], {
    env: { ...process.env, RANKLOOP_TOKEN: undefined, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const errors: string[] = [];
  child.stderr.on("data", (text) => errors.push(String(text)));
  const ended = once(child, "close");
  try {
    const told = await body(createInterface(child.stdout));
    child.kill("SIGINT");
    const [code] = await ended;
    return { told, code, errors: errors.join("") };
  } finally {
    child.kill("SIGKILL");
  }
}

test("the command serves what it is given, and ends in order", async () => {
  const args = [join(root, "lm"), join(root, "reward"), "--port", "0", "--bits", "8", "--json"];
  const { told, code } = await shell(args, {}, async (lines) => {
    for await (const line of lines) {
      const { url: baseURL, models } = JSON.parse(line);
      expect(models).toEqual([
        { id: "lm", kind: "lm" },
        { id: "reward", kind: "reward" },
      ]);
      const asking = new OpenAI({ baseURL, apiKey: "none", maxRetries: 0 });
      return (await asking.chat.completions.create({ model: "lm", messages, max_tokens: 4 })).choices.length;
    }
    return 0;
  });
  expect([told, code]).toEqual([1, 0]);
});

test.each<[string, string[], Record<string, string>, string]>([
  ["another address without a token", ["--host", "0.0.0.0"], {}, "RANKLOOP_TOKEN"],
  ["a token that could be guessed", [], { RANKLOOP_TOKEN: "short" }, "too short"],
  ["no model", ["/nowhere"], {}, "/nowhere"],
  ["a port that is none", ["--port", "70000"], {}, "port"],
])("the command refuses %s", async (_, args, env, named) => {
  const { code, errors } = await shell(args, env, async (lines) => {
    for await (const line of lines) throw new Error(line);
  });
  expect([code, errors.trim().split("\n").length]).toEqual([2, 1]);
  expect(errors).toContain(named);
});
