"use client";
// How many tokens the model in use makes of what is being written: asked for when the typing pauses, and only the
// latest answer counts.
import { keepPreviousData, skipToken, useQuery } from "@tanstack/react-query";
import { orpc } from "../../../../lib/api/client.ts";
import type { Message } from "../../../../lib/vocabulary/conversation.ts";
import { limits } from "../../../../lib/vocabulary/limits.ts";
import { useSettled } from "../../../ui/use-settled.ts";

export interface TokenCount {
  modelName: string;
  prompt: number;
  answer: number;
  /** Of prompt and answer together. */
  context: number;
}

export interface Counted {
  /** The last count that arrived; undefined before the first. */
  count: TokenCount | undefined;
  /** Whatever the last call threw, e.g. because there is no model. */
  error: unknown;
  /** More characters than the API takes: nothing is counted. */
  isTooLong: boolean;
}

interface Asked {
  messages: readonly Message[];
  answer: string;
}

export function useTokenCount(messages: readonly Message[], answer: string): Counted {
  const asked = JSON.parse(useSettled(JSON.stringify({ messages, answer }))) as Asked;
  const isTooLong =
    asked.answer.length > limits.answerCharacters ||
    asked.messages.some(({ content }) => content.length > limits.promptCharacters);
  const { data, error } = useQuery(
    orpc.models.countTokens.queryOptions({
      input: isTooLong ? skipToken : { messages: [...asked.messages], answer: asked.answer },
      placeholderData: keepPreviousData,
      staleTime: 60_000,
      gcTime: 0,
    }),
  );
  return { count: data, error, isTooLong };
}
