// What clients send: OpenAI's requests for answers, vLLM's and OpenRLHF's for scores. What would change the answer and is not
// done here is refused by name; what changes nothing is passed over.
import * as z from "zod";
import type { Message } from "../vocabulary/conversation.ts";
import { limits } from "../vocabulary/limits.ts";
import { refusalOf } from "../vocabulary/refusal.ts";
import { Problem } from "./problem.ts";

/** Answers to one prompt, and prompts or texts of one request, at most. */
export const most = { answers: 32, prompts: 64, texts: 256, stops: 16, likeliest: 20 } as const;

/** Of OpenAI's and vLLM's requests: they label a request, or allow what nobody here does. */
const passedOver = Object.fromEntries(
  [
    "user",
    "metadata",
    "store",
    "service_tier",
    "safety_identifier",
    "prompt_cache_key",
    "prompt_cache_retention",
    "parallel_tool_calls",
    "verbosity",
    "request_id",
    "priority",
  ].map((name) => [name, z.unknown().optional()]),
);

/** Allowed only at a value at which it does nothing. */
const nothing = (name: string, ...values: (string | number | boolean)[]) =>
  z
    .unknown()
    .refine((value) => value == null || values.some((one) => one === value), {
      error: `This server has no "${name}".`,
    })
    .optional();
const none = (name: string) =>
  z
    .unknown()
    .refine((value) => value == null || Object.keys(value as object).length === 0, {
      error: `This server has no "${name}".`,
    })
    .optional();

const text = z.string();
const stop = z
  .union([text.min(1).transform((one) => [one]), z.array(text.min(1)).max(most.stops)])
  .nullish()
  .transform((stops) => stops ?? []);
const { temperature, topP } = limits;
const sampling = {
  model: text,
  temperature: z
    .number()
    .min(temperature.min)
    .max(temperature.max)
    .nullish()
    .transform((value) => value ?? 1),
  top_p: z
    .number()
    .gt(0)
    .max(topP.max)
    .nullish()
    .transform((value) => value ?? 1),
  /** vLLM's. */
  top_k: z
    .int()
    .nullish()
    .transform((value) => (value == null || value <= 0 ? undefined : value)),
  n: z
    .int()
    .min(1)
    .max(most.answers)
    .nullish()
    .transform((value) => value ?? 1),
  seed: z.int().nullish(),
  stop,
  stream: z
    .boolean()
    .nullish()
    .transform((value) => value ?? false),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  presence_penalty: nothing("presence_penalty", 0),
  frequency_penalty: nothing("frequency_penalty", 0),
  logit_bias: none("logit_bias"),
};
const maxTokens = z.int().min(1).nullish();

export const completionRequest = z.strictObject({
  ...passedOver,
  ...sampling,
  prompt: z.union([
    text.transform((one) => [{ text: one }]),
    z
      .array(text)
      .min(1)
      .max(most.prompts)
      .transform((all) => all.map((one) => ({ text: one }))),
    z
      .array(z.int())
      .min(1)
      .transform((ids) => [{ ids }]),
    z
      .array(z.array(z.int()).min(1))
      .min(1)
      .max(most.prompts)
      .transform((all) => all.map((ids) => ({ ids }))),
  ]),
  max_tokens: maxTokens,
  logprobs: z.int().min(0).max(most.likeliest).nullish(),
  best_of: nothing("best_of", 1),
  echo: nothing("echo", false),
  suffix: nothing("suffix", ""),
});

/** Text, or parts of which each is text. */
const content = z.union([
  text,
  z
    .array(z.looseObject({ type: z.literal("text", { error: "This server reads text alone." }), text }))
    .transform((parts) => parts.map((part) => part.text).join("")),
]);
const roles = { system: "system", developer: "system", user: "user", assistant: "assistant" } as const;
const messages = z
  .array(
    z
      .looseObject({ role: z.enum(Object.keys(roles) as (keyof typeof roles)[]), content })
      .transform((turn): Message => ({ role: roles[turn.role], content: turn.content })),
  )
  .min(1);

export const chatRequest = z.strictObject({
  ...passedOver,
  ...sampling,
  messages,
  max_tokens: maxTokens,
  max_completion_tokens: maxTokens,
  logprobs: z
    .boolean()
    .nullish()
    .transform((value) => value ?? false),
  top_logprobs: z.int().min(0).max(most.likeliest).nullish(),
  tools: none("tools"),
  tool_choice: nothing("tool_choice", "none", "auto"),
  functions: none("functions"),
  function_call: nothing("function_call", "none", "auto"),
  response_format: z
    .looseObject({ type: z.literal("text", { error: "This server answers in plain text alone." }) })
    .nullish(),
  reasoning_effort: nothing("reasoning_effort", "none"),
  modalities: z.array(z.literal("text")).nullish(),
});

const texts = z.union([text.transform((one) => [one]), z.array(text).min(1).max(most.texts)]);

/** vLLM's: texts, or turns of which the last is scored. */
export const classifyRequest = z
  .strictObject({
    ...passedOver,
    model: text.nullish(),
    input: z
      .union([
        texts.transform((all) => all.map((one) => ({ text: one, end: false }))),
        z
          .array(z.int())
          .min(1)
          .transform((ids) => [{ ids }]),
        z
          .array(z.array(z.int()).min(1))
          .min(1)
          .max(most.texts)
          .transform((all) => all.map((ids) => ({ ids }))),
      ])
      .optional(),
    messages: messages.optional(),
    /** As newer versions of vLLM call it. */
    use_activation: z.boolean().nullish(),
    activation: z.boolean().nullish(),
    add_generation_prompt: nothing("add_generation_prompt", false),
    add_special_tokens: nothing("add_special_tokens", true),
    truncate_prompt_tokens: nothing("truncate_prompt_tokens"),
  })
  .refine(({ input, messages }) => (input === undefined) !== (messages === undefined), {
    error: 'A request has either "input" or "messages".',
  });

/** OpenRLHF's: whole texts, of which each is scored at an end token, and the prompts that they begin with. */
export const rewardRequest = z
  .looseObject({ model: text.nullish(), query: texts, prompts: texts.nullish() })
  .refine(({ query, prompts }) => !prompts || prompts.length === 0 || prompts.length === query.length, {
    error: 'There must be as many "prompts" as texts in "query".',
  });

/** @throws Problem with one sentence that names the part */
export function parsed<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const { data, error } = schema.safeParse(body);
  if (!error) return data;
  const { field: param, sentence } = refusalOf(error.issues[0]!, body);
  throw new Problem(400, sentence, param ? { param } : {});
}
