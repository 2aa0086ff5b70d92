// The overview: the project's progress, and what waits for the one who asks.
import * as progress from "../../db/queries/progress.ts";
import { type Context, nowOf, signedIn } from "../context.ts";
import { may } from "../vocabulary/labeling.ts";

/** The overview for the one who asks. Work that is not part of their role does not wait for them. */
export async function overview(ctx: Context): Promise<progress.Overview> {
  const { id, role } = signedIn(ctx).actor;
  const all = await progress.overview(ctx, { personId: id, now: nowOf(ctx) });
  return {
    ...all,
    waitingForMe: may(role, "rank") ? all.waitingForMe : 0,
    rankedByOthers: may(role, "rank") ? all.rankedByOthers : 0,
    setAside: may(role, "review") ? all.setAside : 0,
    demonstrationsToReview: may(role, "review") ? all.demonstrationsToReview : 0,
    demonstrationsReturned: may(role, "write") ? all.demonstrationsReturned : 0,
    rankingsAskedAgain: may(role, "rank") ? all.rankingsAskedAgain : 0,
  };
}
