// What a client of /v1 hears of an error: OpenAI's shape, whose status its libraries turn into exceptions of their own.
import { DomainError } from "../vocabulary/domain-error.ts";
import { EngineError } from "./engine.ts";
import { QueueError } from "./fair-queue.ts";

const types = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "invalid_request_error",
  405: "invalid_request_error",
  413: "invalid_request_error",
  415: "invalid_request_error",
  429: "rate_limit_error",
  500: "server_error",
  503: "server_error",
} as const;
export type Status = keyof typeof types;

/** A refusal of one sentence. */
export class Problem extends Error {
  override name = "Problem";
  readonly status: Status;
  /** For programs, such as "model_not_found". */
  readonly code: string | null;
  /** The part of the request that it is about. */
  readonly param: string | null;
  constructor(status: Status, sentence: string, about: { code?: string; param?: string } = {}) {
    super(sentence);
    this.status = status;
    this.code = about.code ?? null;
    this.param = about.param ?? null;
  }

  get body() {
    const { message, status, param, code } = this;
    return { error: { message, type: types[status], param, code } };
  }

  reply(): Response {
    const { status } = this;
    // Its libraries wait for so many seconds before they try again.
    return Response.json(this.body, { status, ...(status === 429 && { headers: { "retry-after": "1" } }) });
  }
}

/** Any error → one that may be told. @param say makes a model's sentence fit for strangers */
export function problemOf(error: unknown, say: (sentence: string) => string): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof QueueError) return new Problem(429, error.message, { code: "rate_limit_exceeded" });
  if (error instanceof EngineError) {
    const sentence = say(error.message);
    if (error.why === "too long") return new Problem(400, sentence, { code: "context_length_exceeded" });
    if (error.why === "refused") return new Problem(400, sentence);
    if (error.why === "unusable") return new Problem(500, `The model cannot be used: ${sentence}`);
    console.error(error);
    return new Problem(500, "The model failed at this; the server's log says more.");
  }
  if (error instanceof DomainError && error.code === "UNAUTHORIZED") return new Problem(401, error.message);
  console.error(error);
  return new Problem(500, "Something went wrong on the server; its log says more.");
}
