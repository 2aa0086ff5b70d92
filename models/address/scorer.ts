// A reward model at an address: vLLM's /classify or OpenRLHF's /get_reward.
import * as z from "zod";
import { messagesOf, type PromptContent, promptText } from "../../lib/vocabulary/conversation.ts";
import type { Scorer } from "../train/score.ts";
import { Connection, type ServerAddress, ServerError } from "./connection.ts";

export interface AddressJudge extends ServerAddress {
  /** vLLM's way or OpenRLHF's: the path behind the base URL. */
  asks: "classify" | "get_reward";
  /** The server's name for it; "" where it has but one. */
  model: string;
  /**
   * How prompt and answer become one text, as the model was trained: "{prompt}{answer}". Absent: the server's chat template
   * does that, which /classify alone can.
   */
  text?: string;
}

const classified = z.looseObject({
  data: z.array(z.looseObject({ index: z.int().min(0), probs: z.array(z.number()).length(1) })),
});
const rewarded = z.looseObject({ rewards: z.array(z.number()) });

export class AddressScorer implements Scorer {
  readonly #connection: Connection;
  readonly #judge: AddressJudge;

  /** @throws AddressRefused, ServerError for a text without the prompt or the answer */
  constructor(judge: AddressJudge, connection = new Connection(judge)) {
    const lacking =
      judge.text === undefined ? undefined : ["{prompt}", "{answer}"].find((mark) => !judge.text!.includes(mark));
    if (lacking) throw new ServerError(`The text to be scored has no ${lacking} in it.`);
    this.#connection = connection;
    this.#judge = judge;
  }

  /** One number for each item. @throws ServerError */
  async score(
    items: readonly { prompt: PromptContent; answer: string }[],
    signal: AbortSignal = new AbortController().signal,
  ): Promise<readonly number[]> {
    if (items.length === 0) return [];
    const scores = await this.#asked(items, signal);
    if (scores.length !== items.length) {
      throw new ServerError(`The server gave ${scores.length} scores for ${items.length} answers.`);
    }
    return scores;
  }

  dispose(): void {}

  async #asked(items: readonly { prompt: PromptContent; answer: string }[], signal: AbortSignal): Promise<number[]> {
    const { asks, model, text } = this.#judge;
    const named = model === "" ? {} : { model };
    const texts = (template: string) =>
      items.map(({ prompt, answer }) => filled(template, promptText(messagesOf(prompt)), answer));
    if (asks === "get_reward") {
      const template = text ?? "{prompt}{answer}";
      const body = { ...named, query: texts(template), prompts: texts(before(template)) };
      return (await this.#post("/get_reward", body, rewarded, signal)).rewards;
    }
    // The number itself: vLLM would press it between 0 and 1.
    const raw = { ...named, use_activation: false };
    if (text !== undefined) {
      return inOrder(await this.#post("/classify", { ...raw, input: texts(text) }, classified, signal));
    }
    const turns = items.map(({ prompt, answer }) => [...messagesOf(prompt), { role: "assistant", content: answer }]);
    const one = async (messages: unknown) =>
      inOrder(await this.#post("/classify", { ...raw, messages }, classified, signal));
    return (await Promise.all(turns.map(one))).flat();
  }

  #post<T extends z.ZodType>(path: string, body: object, shape: T, signal: AbortSignal): Promise<z.output<T>> {
    const read = async (chunks: AsyncIterable<string>): Promise<z.output<T>> => {
      let text = "";
      for await (const chunk of chunks) text += chunk;
      let json: unknown;
      try {
        json = JSON.parse(text);
      } catch (cause) {
        throw new ServerError("The server's answer is no whole JSON.", { passing: true, cause });
      }
      const { data, error } = shape.safeParse(json);
      if (!error) return data;
      throw new ServerError(`The server does not answer as a reward model at ${path} does: is this its base URL?`, {
        cause: error,
      });
    };
    return this.#connection.post(path, body, "application/json", read, signal);
  }
}

const inOrder = ({ data }: z.output<typeof classified>): number[] =>
  data.toSorted((one, other) => one.index - other.index).map(({ probs }) => probs[0]!);

/** The template's part before the answer. */
const before = (template: string): string => template.split("{answer}", 1)[0]!;

/** Each mark once and as a function: a text may have marks, or `$&`, in it. */
const filled = (template: string, prompt: string, answer: string): string =>
  template.replace(/\{(prompt|answer)\}/g, (_, mark) => (mark === "prompt" ? prompt : answer));
