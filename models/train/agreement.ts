// How often scores order pairs as people did, with an interval, beside the rule any reward model has to beat.
import {
  type Agreement,
  agreementOnPairs,
  agreementShare,
  pairLoss,
  totalAgreement,
} from "../../lib/preference/agreement.ts";
import { bootstrap, mean } from "../interval.ts";
import type { PromptGroup } from "./data.ts";

/** Share of pairs whose winner scores higher; equal scores count half. null where there is no pair. */
export function pairAccuracy(groups: readonly PromptGroup[], scores: readonly ArrayLike<number>[]): number | null {
  return agreementShare(totalAgreement(groups.map((group, i) => inGroup(group, scores[i]!))));
}

/**
 * `accuracy` of `pairAccuracy` with its 95 % interval (`accuracy_low`, `accuracy_high`; bootstrap over prompts, because
 * the pairs of one prompt are not independent), `longer_wins` for scoring by number of characters, `loss` as the reward
 * trainer's, `pairs` and `prompts`.
 * @param scores one list for each group, in the order of its answers.
 */
export function agreement(groups: readonly PromptGroup[], scores: readonly ArrayLike<number>[], resamples = 1000) {
  const each = groups.map((group, i) => inGroup(group, scores[i]!));
  const { pairs } = totalAgreement(each);
  const byPrompt = [...Map.groupBy(each.keys(), (i) => groups[i]!.promptKey).values()].map((indices) =>
    totalAgreement(indices.map((i) => each[i]!)),
  );
  const accuracy = bootstrap(byPrompt, (sample) => agreementShare(totalAgreement(sample))!, resamples);
  const length = groups.map(({ answers }) => answers.map((answer) => answer.length));
  return {
    loss: mean(groups.map((group, i) => lossOf(group, scores[i]!))),
    accuracy: accuracy.value,
    accuracy_low: accuracy.low,
    accuracy_high: accuracy.high,
    longer_wins: pairAccuracy(groups, length)!,
    pairs,
    prompts: new Set(groups.map((group) => group.promptKey)).size,
  };
}

const inGroup = ({ pairs }: PromptGroup, scores: ArrayLike<number>): Agreement =>
  agreementOnPairs(pairs, (answer) => scores[answer]!);

/** Mean of −log σ(winner − loser) over the pairs of one prompt. */
const lossOf = ({ pairs }: PromptGroup, scores: ArrayLike<number>): number =>
  mean(pairs.map(([winner, loser]) => pairLoss(scores[winner]!, scores[loser]!)));
