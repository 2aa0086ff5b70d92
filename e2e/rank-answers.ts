// Answers for the specs of the ranking screen: written by hand instead of generated, so that a spec knows every character;
// and what is stored of their ranking.
import type { Database } from "../db/client.ts";
import { addComparison, addPrompt } from "../db/database.fixture.ts";
import { getComparison } from "../db/queries/comparisons.ts";
import type { PromptContent } from "../lib/vocabulary/conversation.ts";
import type { Person } from "./people.ts";
import { shippedModelId } from "./work.ts";

/** A prompt with these answers, ready to be ranked; returns the comparison's id. */
export async function answersTo(
  db: Database,
  writer: Person,
  prompt: PromptContent,
  texts: readonly string[],
): Promise<string> {
  const [modelId, me] = [await shippedModelId(writer), await writer.api.accounts.me()];
  const promptId = await addPrompt(db, prompt);
  return (await addComparison(db, { promptId, modelId, createdBy: me?.id ?? "", texts: [...texts] })).id;
}

/** "The fox ate 1 crab.", "The fox ate 2 crabs." … */
export const shortAnswers = (k: number): string[] =>
  Array.from({ length: k }, (_, index) => `The fox ate ${index + 1} crab${index === 0 ? "" : "s"}.`);

const length = 20_000;
const filled = (piece: string) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length);

/** Nine answers of 20,000 characters that would break a page which took them for anything but text. */
export function hostileAnswers(): string[] {
  return [
    filled("<script>document.title='broken into'</script>\n<b>bold</b> & <i>not</i>\n"),
    filled("<img src=x onerror=\"document.title='broken into'\"> <style>*{display:none}</style>\n"),
    filled("A family 👩‍👩‍👧‍👦 of foxes 🦊 waves flags 🏳️‍🌈 and thumbs 👍🏽 all day long.\n"),
    filled("هذا نص عربي طويل مع أرقام 123 وكلمات English في الوسط.\n"),
    filled("\u202eright to left override\u202c \u2066isolated\u2069 \u0007 \u001b[31mred\u001b[0m \u007f\n"),
    filled("NoSpaceAnywhereInThisVeryLongWord"),
    filled("這是一個沒有空格的很長的中文句子，用來測試換行。"),
    filled("Z̸̢̛͓̼͕͓̀͑a̷͉̅l̶̰̈́g̷̡̛̥o̶ climbs out of its line. "),
    filled("# Heading\n\n* [link](javascript:alert(1)) ![picture](http://127.0.0.1:9/x.png)\n\n| a | b |\n|---|---|\n"),
  ].map((text) => text.toWellFormed());
}

/** Places of the candidates in each tier of the latest version, best first; null while nothing is submitted. */
export async function storedTiers(db: Database, comparisonId: string): Promise<number[][] | null> {
  return (await getComparison(db, comparisonId))?.rankings[0]?.tiers ?? null;
}

/** The board without stage one, for what is not about rating. */
export async function rankOnly(admin: Person, only: boolean): Promise<void> {
  await admin.api.settings.update({ rateFirst: !only });
}
