// The first visit: the admin's account, and answers to some of the prompts that are there, so there is something to rank.

import type { Context } from "../context.ts";
import { createComparison } from "../ranking/generate.ts";
import { firstUsable } from "../training/models.ts";
import { limits } from "../vocabulary/limits.ts";
import { generationSettings, type User } from "../vocabulary/shapes.ts";
import { listPrompts } from "../writing/prompts.ts";
import { createFirstAdmin, type NewAccount } from "./accounts.ts";

/**
 * Make the first account, and have one prompt of each use case answered.
 * @throws DomainError CONFLICT once there is an account
 */
export async function setUp(ctx: Context, input: NewAccount): Promise<User> {
  const admin = await createFirstAdmin(ctx, input);
  await answerSomePrompts({ ...ctx, actor: admin });
  return admin;
}

/** The first prompt of each use case. Where no model can be used there is nothing to do, and no error. */
async function answerSomePrompts(ctx: Context): Promise<void> {
  const model = await firstUsable(ctx.db);
  if (!model) return;
  const { items } = await listPrompts(ctx, { limit: 100 });
  const firsts = [...Map.groupBy(items, ({ useCase }) => useCase).values()].map(([first]) => first!);
  // A model of one's own may read fewer tokens in all than the usual answer has.
  const maxTokens = Math.min(limits.maxTokens.default, Math.floor(model.context / 2));
  const settings = generationSettings.parse({ modelId: model.id, maxTokens });
  for (const { id: promptId } of firsts) {
    // Each is a request of its own: the setup sent again makes no more of them.
    const request = ctx.request && { ...ctx.request, key: `${ctx.request.key}/${promptId}` };
    await createComparison({ ...ctx, ...(request && { request }) }, { ...settings, promptId });
  }
}
