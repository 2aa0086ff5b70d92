// The first visit: the admin's account, and answers to some of the prompts that are there, so there is something to rank.

import { type Context, inProject, type VisitorContext } from "../context.ts";
import { createComparison } from "../ranking/generate.ts";
import { fits } from "../training/count-tokens.ts";
import { firstUsable } from "../training/models.ts";
import { limits } from "../vocabulary/limits.ts";
import { generationSettings, type Prompt, type User } from "../vocabulary/shapes.ts";
import { listPrompts } from "../writing/prompts.ts";
import { createFirstAdmin, type NewAccount } from "./accounts.ts";
import { practiceProject } from "./practice.ts";
import { listProjects } from "./projects.ts";

/**
 * Make the first account, and have one prompt of each use case answered.
 * @throws DomainError CONFLICT once there is an account
 */
export async function setUp(ctx: VisitorContext, input: NewAccount): Promise<User> {
  const admin = await createFirstAdmin(ctx, input);
  const projects = await listProjects({ ...ctx, actor: admin });
  if (projects.some(({ id }) => id === practiceProject)) {
    await answerSomePrompts(await inProject({ ...ctx, actor: admin }, practiceProject));
  }
  return admin;
}

/** Has the first prompt of each use case answered that the model has room for. Without a usable model it does nothing. */
async function answerSomePrompts(ctx: Context): Promise<void> {
  const model = await firstUsable(ctx);
  if (!model) return;
  const { items } = await listPrompts(ctx, { limit: 100 });
  // A model of one's own may read fewer tokens in all than the usual answer has.
  const maxTokens = Math.min(limits.maxTokens.default, Math.floor((model.context ?? Number.POSITIVE_INFINITY) / 2));
  const settings = generationSettings.parse({ modelId: model.id, maxTokens });
  for (const ofUseCase of Map.groupBy(items, ({ useCase }) => useCase).values()) {
    const promptId = await firstThatFits(ofUseCase, model);
    if (promptId === null) continue;
    // Each is a request of its own: the setup sent again makes no more of them.
    const request = ctx.request && { ...ctx.request, key: `${ctx.request.key}/${promptId}` };
    await createComparison({ ...ctx, ...(request && { request }) }, { ...settings, promptId });
  }
}

async function firstThatFits(prompts: readonly Prompt[], model: Parameters<typeof fits>[0]): Promise<string | null> {
  for (const { id, messages } of prompts) if (await fits(model, messages)) return id;
  return null;
}
