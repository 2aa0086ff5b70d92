// Drawing further prompts from a few-shot one by exchanging its examples (Ouyang et al. 2022, A.3: "sampling different sets of few-shot
// examples"): each in turn becomes the input to answer, with the others, shuffled, before it. Pure.
import { createHash } from "node:crypto";
import { type Message, promptText, type Shot } from "../vocabulary/conversation.ts";
import { fewShotMessages, tooLong } from "../vocabulary/few-shot.ts";

export interface FewShotSource {
  id: string;
  system: string | undefined;
  instruction: string;
  shots: readonly Shot[];
  /** The prompt's own input with its ideal answer, which becomes an example of the others. */
  own: Shot | undefined;
}

export interface Drawn {
  messages: Message[];
  text: string;
  fewShot: { instruction: string; shots: Shot[]; query: string };
  /** The ideal answer. */
  response: string;
}

/**
 * One prompt for each different input of the examples; null where there are not two to exchange. The order depends on
 * the prompt's id and the input asked, so the same prompt always gives the same others.
 */
export function draw(source: FewShotSource): Drawn[] | null {
  const { id, system, instruction, shots, own } = source;
  const pool = differentQueries(own ? [...shots, own] : shots);
  if (pool.length < 2) return null;
  return pool
    .filter((asked) => asked !== own)
    .map((asked) => {
      const others = pool.filter((one) => one !== asked);
      const ask = (examples: Shot[]) => {
        const fewShot = { instruction, shots: shuffled(examples, `${id}\n${asked.query}`), query: asked.query };
        const messages = fewShotMessages(fewShot, system);
        return { messages, text: promptText(messages), fewShot, response: asked.response };
      };
      const all = ask(others);
      // An ideal answer may be longer than an example; without it the prompt is no longer than the one it is drawn from.
      return tooLong(all.messages) ? ask(others.filter((one) => one !== own)) : all;
    });
}

/** The first example of each input: a prompt that shows the answer to what it asks would teach copying. */
function differentQueries(shots: readonly Shot[]): Shot[] {
  return [...Map.groupBy(shots, ({ query }) => query).values()].map(([first]) => first!);
}

/** The order of a hash: as good as random, and the same again for the same seed. */
function shuffled(shots: readonly Shot[], seed: string): Shot[] {
  const place = (index: number) => createHash("sha256").update(`${seed}\n${index}`).digest("hex");
  return shots
    .map((shot, index) => ({ shot, at: place(index) }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ shot }) => shot);
}
