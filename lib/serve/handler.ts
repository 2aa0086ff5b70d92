// The models behind OpenAI's API, one handler for `rankloop serve` and for the app: /v1/models, /v1/completions and
// /v1/chat/completions; /classify as vLLM's and /get_reward as OpenRLHF's, with and without /v1 before them.
import { createHash, randomUUID } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { FetchHandler } from "../api/answer.ts";
import { withJsonBody } from "../api/body.ts";
import { withoutPlaces } from "../training/model-directory.ts";
import {
  type AskModel,
  chatAsk,
  chatShape,
  completionAsk,
  completionShape,
  streamReply,
  wholeReply,
} from "./answers.ts";
import type { Engine, Served } from "./engine.ts";
import { Problem, problemOf, type Status } from "./problem.ts";
import { chatRequest, classifyRequest, completionRequest, parsed, rewardRequest } from "./requests.ts";

export interface Serving {
  engine: Engine;
  /** What this client may ask, in the order of a list. */
  models: (client: string) => Promise<readonly Served[]>;
  /** Who asks; their requests wait behind each other. @throws Problem where nobody may ask */
  clientOf: (request: Request) => string | Promise<string>;
}

/** Of a request's body, in bytes: as many texts as one takes, each as long as a large context. */
const bodyLimit = 8_000_000;

const paths = ["models", "completions", "chat/completions", "classify", "get_reward"] as const;
type Path = (typeof paths)[number];

/** pathOf("/v1/chat/completions") → "chat/completions"; null for what is not served. */
export function servedPath(pathname: string): Path | `models/${string}` | null {
  const path = pathname.replace(/\/+$/, "");
  const within = path.startsWith("/v1/") ? path.slice(4) : /^\/(classify|get_reward)$/.test(path) ? path.slice(1) : "";
  if (within.startsWith("models/")) return within as `models/${string}`;
  return paths.find((one) => one === within) ?? null;
}

export function servingHandler(serving: Serving): FetchHandler {
  return async (request, left) => {
    try {
      return await reply(serving, request, left);
    } catch (error) {
      if (left.aborted) throw error;
      return problemOf(error, withoutPlaces).reply();
    }
  };
}

async function reply(serving: Serving, request: Request, left: AbortSignal): Promise<Response> {
  const client = await serving.clientOf(request);
  const path = servedPath(new URL(request.url).pathname);
  if (path === null) throw new Problem(404, "There is nothing at this address.", { code: "not_found" });
  const asksList = path === "models" || path.startsWith("models/");
  if (request.method !== (asksList ? "GET" : "POST")) {
    throw new Problem(405, `This address is asked by ${asksList ? "GET" : "POST"}.`);
  }
  const models = await serving.models(client);
  if (path === "models") return Response.json({ object: "list", data: models.map(listed) });
  if (path.startsWith("models/")) {
    return Response.json(listed(found(models, decodeURIComponent(path.slice("models/".length)))));
  }
  const read = await withJsonBody(request, bodyLimit);
  if (!(read instanceof Request)) throw new Problem(read.status as Status, read.message);
  const body: unknown = await read.json().catch(() => {
    throw new Problem(400, "The request's body is not JSON.");
  });
  const asker =
    (model: Served): AskModel =>
    (ask) =>
      serving.engine.ask(model, ask, { client, signal: left }) as ReturnType<AskModel>;
  switch (path) {
    case "completions": {
      const input = parsed(completionRequest, body);
      return answers(
        completionShape,
        languageModel(models, input.model),
        input,
        (model) => asker(model)(completionAsk(input)),
        left,
      );
    }
    case "chat/completions": {
      const input = parsed(chatRequest, body);
      return answers(
        chatShape,
        languageModel(models, input.model),
        input,
        (model) => asker(model)(chatAsk(input)),
        left,
      );
    }
    case "classify": {
      const input = parsed(classifyRequest, body);
      const model = rewardModel(models, input.model);
      const items = input.input ?? [{ messages: input.messages! }];
      const { scores, promptTokens } = await scored(asker(model), items);
      const raw = (input.use_activation ?? input.activation) === false;
      const data = scores.map((score, index) => ({
        index,
        label: "LABEL_0",
        probs: [raw ? score : 1 / (1 + Math.exp(-score))],
        num_classes: 1,
      }));
      const usage = { prompt_tokens: promptTokens, total_tokens: promptTokens, completion_tokens: 0 };
      const created = Math.floor(Date.now() / 1_000);
      return Response.json({ id: `classify-${randomUUID()}`, object: "list", created, model: model.id, data, usage });
    }
    default: {
      const { model, query, prompts } = parsed(rewardRequest, body);
      const items = query.map((text, i) => ({ text, prompt: prompts?.[i], end: true }));
      const { scores } = await scored(asker(rewardModel(models, model)), items);
      return Response.json({ rewards: scores, scores, extra_logs: {} });
    }
  }
}

async function answers(
  shape: typeof chatShape,
  model: Served,
  {
    stream,
    stream_options,
  }: { stream: boolean; stream_options?: { include_usage?: boolean | null | undefined } | null | undefined },
  ask: (model: Served) => ReturnType<AskModel>,
  left: AbortSignal,
): Promise<Response> {
  const fingerprint = await fingerprintOf(model);
  if (!stream) return wholeReply(shape, model, fingerprint, ask(model));
  const failed = (error: unknown) => (left.aborted ? null : problemOf(error, withoutPlaces).body);
  return streamReply(shape, model, fingerprint, ask(model), {
    withUsage: stream_options?.include_usage === true,
    failed,
  });
}

async function scored(ask: AskModel, items: Extract<Parameters<AskModel>[0], { kind: "score" }>["items"]) {
  let [scores, promptTokens]: [number[], number] = [[], 0];
  for await (const told of ask({ kind: "score", items })) {
    if ("promptTokens" in told) promptTokens = told.promptTokens;
    if ("scores" in told) scores = told.scores;
  }
  return { scores, promptTokens };
}

const listed = ({ id, createdAt }: Served) => ({
  id,
  object: "model",
  created: Math.floor(createdAt / 1_000),
  owned_by: "rankloop",
});

function found(models: readonly Served[], id: string): Served {
  const model = models.find((one) => one.id === id);
  if (model) return model;
  throw new Problem(404, `The model "${id}" is not served here.`, { code: "model_not_found", param: "model" });
}

function languageModel(models: readonly Served[], id: string): Served {
  const model = found(models, id);
  if (model.kind === "lm") return model;
  throw new Problem(400, `"${id}" is a reward model: ask it at /classify or /get_reward.`, { param: "model" });
}

/** The one named; where none is, the only one there is. */
function rewardModel(models: readonly Served[], id: string | null | undefined): Served {
  const scoring = models.filter(({ kind }) => kind === "reward");
  if (id == null) {
    if (scoring.length === 1) return scoring[0]!;
    const sentence =
      scoring.length === 0
        ? "No reward model is served here."
        : 'Several reward models are served here: name one as "model".';
    throw new Problem(scoring.length === 0 ? 404 : 400, sentence, { param: "model" });
  }
  const model = found(models, id);
  if (model.kind === "reward") return model;
  throw new Problem(400, `"${id}" is a language model, which gives no scores.`, { param: "model" });
}

/** Changes where the same request may be answered otherwise: with the model's files or the bits they are kept in. */
async function fingerprintOf({ directory, bits }: Served): Promise<string> {
  const hash = createHash("sha256").update(String(bits));
  for (const name of (await readdir(directory).catch(() => [])).sort()) {
    const { size, mtimeMs } = await stat(join(directory, name)).catch(() => ({ size: 0, mtimeMs: 0 }));
    hash.update(`\n${name} ${size} ${mtimeMs}`);
  }
  return `fp_${hash.digest("hex").slice(0, 12)}`;
}
