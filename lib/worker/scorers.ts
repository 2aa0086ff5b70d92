// The reward models of one worker process, wherever they are: on this machine, or at an address.
import type { Database } from "../../db/client.ts";
import type { PlacedModel } from "../../db/queries/candidates.ts";
import type { AddressScorer } from "../../models/address/scorer.ts";
import { RewardScorer } from "../../models/train/score.ts";
import { addressScorer } from "../training/addresses.ts";
import { type Held, heldOf, LastUsed, refuseDeleted } from "./last-used.ts";

/** What scores the answers to some prompts. */
export type GroupScorer = Pick<RewardScorer, "scoreWithHeads">;

/** Scorers keeps the last model loaded for the next job. */
export class Scorers {
  readonly #db: Database;
  readonly #here = new LastUsed(({ directory }: Held) => RewardScorer.load(directory));

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * Has a model score answers, wherever it is.
   * @throws DeletedError, or whatever the body or the scorer throws
   */
  async use<R>(model: PlacedModel, body: (scorer: GroupScorer) => Promise<R>): Promise<R> {
    const { address } = model;
    if (!address) return this.#here.use(heldOf(model), body);
    refuseDeleted(model);
    return body(ofServer(addressScorer(this.#db, { ...model, address })));
  }
}

/** A server's scores, of which nobody knows how sure they are. */
const ofServer = (scorer: AddressScorer): GroupScorer => ({
  scoreWithHeads: async (groups, signal) => {
    const items = groups.flatMap(({ prompt, answers }) => answers.map((answer) => ({ prompt, answer })));
    const scores = [...(await scorer.score(items, signal))];
    return groups.map(({ answers }) => ({ scores: scores.splice(0, answers.length), heads: [], disagreement: null }));
  },
});
