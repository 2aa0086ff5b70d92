// What is done to texts on their way out: white space around answers, and tokens that people typed. Pure.
import { type Answer, answersOf, type Outgoing } from "./formats/format.ts";

/**
 * Matches what tokenizers and chat templates give a meaning of their own: "<|endoftext|>", "<|im_start|>", "</s>", "[INST]",
 * "<start_of_turn>". Typed by a person it would end a text or begin a turn.
 */
const tokens = /<\|[\w▁-]{1,40}\|>|<\/?s>|<(?:bos|eos|pad|unk|mask|start_of_turn|end_of_turn)>|\[\/?INST\]|<<\/?SYS>>/g;

export const tokensIn = (text: string): string[] => text.match(tokens) ?? [];

/** masked("Say <|endoftext|>.") → "Say < |endoftext|>.": no tokenizer takes it for the token any more */
export const masked = (text: string): string => text.replace(tokens, (token) => `${token[0]} ${token.slice(1)}`);

/** How the texts of an item are written, and which of them were changed or hold such tokens. */
export class Texts {
  readonly #how: { trim: boolean; mask: boolean };
  #trimmed = new Set<unknown>();
  #typed = new Map<unknown, readonly string[]>();

  constructor(how: { trim: boolean; mask: boolean }) {
    this.#how = how;
  }

  /** Forgets the items before. */
  begin(): void {
    this.#trimmed = new Set();
    this.#typed = new Map();
  }

  /** The item as it is written. */
  written(item: Outgoing): Outgoing {
    const found = item.prompt.flatMap(({ content }) => tokensIn(content));
    const prompt =
      this.#how.mask && found.length > 0
        ? item.prompt.map((turn) => ({ ...turn, content: masked(turn.content) }))
        : item.prompt;
    if (found.length > 0) this.#typed.set(prompt, found);
    if ("answers" in item) return { ...item, prompt, answers: item.answers.map((one) => this.#answer(one)) };
    return "answer" in item ? { ...item, prompt, answer: this.#answer(item.answer) } : { ...item, prompt };
  }

  #answer(answer: Answer): Answer {
    const found = tokensIn(answer.text);
    const trimmed = this.#how.trim ? answer.text.trim() : answer.text;
    const isTrimmed = trimmed.length !== answer.text.length;
    if (!isTrimmed && found.length === 0) return answer;
    const written = { ...answer, text: this.#how.mask ? masked(trimmed) : trimmed };
    if (isTrimmed) this.#trimmed.add(written);
    if (found.length > 0) this.#typed.set(written, found);
    return written;
  }

  /** Is an answer of this item not as it was written? */
  isTrimmed(item: Outgoing): boolean {
    return this.#trimmed.size > 0 && answersOf(item).some((answer) => this.#trimmed.has(answer));
  }

  /** The tokens that people typed in an item. */
  typed(item: Outgoing): string[] {
    if (this.#typed.size === 0) return [];
    return [item.prompt, ...answersOf(item)].flatMap((text) => this.#typed.get(text) ?? []);
  }
}
