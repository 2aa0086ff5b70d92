// How far the project is and what waits for the one who asks.
import * as progress from "../../db/queries/progress.ts";
import { type Context, nowOf, signedIn } from "../context.ts";

export async function overview(ctx: Context): Promise<progress.Overview> {
  const actor = signedIn(ctx);
  return progress.overview(ctx.db, { personId: actor.id, now: nowOf(ctx) });
}
