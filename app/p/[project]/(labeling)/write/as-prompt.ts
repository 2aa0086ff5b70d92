// What the form says: the turns a model would be asked, what the API is sent, and what is still wrong with it.
import type { ApiClient } from "../../../../../lib/api/client.ts";
import { fewShotText, type Message } from "../../../../../lib/vocabulary/conversation.ts";
import { limits } from "../../../../../lib/vocabulary/limits.ts";
import { count } from "../../../../ui/figures.ts";
import type { Example, PromptForm } from "./prompt-form.ts";

type NewPrompt = Parameters<ApiClient["prompts"]["create"]>[0];

const isEmpty = (text: string) => text.trim() === "";

/** Rows with nothing in them are not meant. */
export function writtenExamples({ examples }: PromptForm): Example[] {
  return examples.filter(({ query, response }) => !isEmpty(query) || !isEmpty(response));
}

const systemTurn = ({ system }: PromptForm): Message[] =>
  isEmpty(system) ? [] : [{ role: "system", content: system }];

/** What the model would be asked as the form stands; turns may be empty. */
export function messagesOfForm(form: PromptForm): Message[] {
  if (form.kind === "few-shot") {
    const content = fewShotText(form.instruction, writtenExamples(form), form.query);
    return [...systemTurn(form), { role: "user", content }];
  }
  const turns = form.turns.map((content, at): Message => ({ role: at % 2 === 0 ? "user" : "assistant", content }));
  return [...systemTurn(form), ...turns];
}

/** Nothing is asked yet, whatever else stands in the form. */
export function asksNothing(form: PromptForm): boolean {
  const asked = form.kind === "few-shot" ? [form.instruction, form.query] : form.turns;
  return asked.every(isEmpty) && (form.kind !== "few-shot" || writtenExamples(form).length === 0);
}

/** @throws Error when called in spite of a problem (see problemOf) */
export function newPromptOf(form: PromptForm): NewPrompt {
  const { kind, useCase, scenarioId, instruction, query, demonstration } = form;
  if (useCase === null) throw new Error("A prompt is for something.");
  const written = { useCase, ...(isEmpty(demonstration) ? {} : { demonstration }) };
  if (kind === "few-shot") {
    const shots = writtenExamples(form).map((row) => ({ query: row.query, response: row.response }));
    const system = isEmpty(form.system) ? {} : { system: form.system };
    return { kind, ...written, ...system, instruction, shots, query };
  }
  const prompt = messagesOfForm(form);
  if (kind === "plain") return { kind, ...written, prompt };
  if (scenarioId === null) throw new Error("A user-based prompt has no description.");
  return { kind, ...written, prompt, scenarioId };
}

export interface FormProblem {
  /** The name of the control to look at: "turn.0", "example.<key>.query" … */
  field: string;
  sentence: string;
}

/** The first thing to mend, from top to bottom; null when the prompt can be saved. */
export function problemOf(form: PromptForm): FormProblem | null {
  const problem = form.kind === "few-shot" ? examplesProblem(form) : turnsProblem(form);
  if (problem) return problem;
  const characters = messagesOfForm(form).reduce((sum, { content }) => sum + content.length, 0);
  if (characters > limits.promptCharacters) {
    return problemOfPrompt(
      form,
      `The prompt has ${count(characters)} characters: at most ${count(limits.promptCharacters)}.`,
    );
  }
  if (form.demonstration.length > limits.answerCharacters) {
    return {
      field: "demonstration",
      sentence: `The demonstration has ${count(form.demonstration.length)} characters: at most ${count(limits.answerCharacters)}.`,
    };
  }
  return form.useCase === null ? { field: "useCase", sentence: "Choose what the prompt is for." } : null;
}

/** A problem of the prompt as a whole, to be mended in its longest text. */
export function problemOfPrompt(form: PromptForm, sentence: string): FormProblem {
  if (form.kind === "few-shot") return { field: "instruction", sentence };
  const longest = Math.max(...form.turns.map(({ length }) => length));
  return { field: `turn.${form.turns.findIndex(({ length }) => length === longest)}`, sentence };
}

function turnsProblem({ kind, turns, scenarioId }: PromptForm): FormProblem | null {
  if (kind === "user-based" && scenarioId === null) {
    return { field: "scenario", sentence: "A user-based prompt needs a description to be written from." };
  }
  const at = turns.findIndex(isEmpty);
  if (at < 0) return null;
  const field = `turn.${at}`;
  if (turns.length === 1) return { field, sentence: "Write the prompt: something a person would really ask." };
  const whose = at % 2 === 0 ? "user" : "assistant";
  return { field, sentence: `Turn ${at + 1}, the ${whose}'s, is empty: write it, or remove the last two turns.` };
}

function examplesProblem(form: PromptForm): FormProblem | null {
  const { instruction, examples, query } = form;
  if (isEmpty(instruction)) return { field: "instruction", sentence: "Write the instruction: what is to be done." };
  for (const [place, row] of examples.entries()) {
    if (isEmpty(row.query) === isEmpty(row.response)) continue;
    const [part, missing] = isEmpty(row.query) ? ["query", "input"] : ["response", "output"];
    return { field: `example.${row.key}.${part}`, sentence: `Example ${place + 1} has no ${missing}.` };
  }
  if (writtenExamples(form).length === 0) {
    return {
      field: `example.${examples[0]?.key}.query`,
      sentence: "Write at least one example: an input and its output.",
    };
  }
  if (isEmpty(query)) return { field: "query", sentence: "Write the input that is to be answered." };
  return null;
}
