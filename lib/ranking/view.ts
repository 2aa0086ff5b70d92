// A comparison as people may see it. Blind until ranked: whoever has not ranked it sees no model, person, seed or score, and
// nobody's ranking, as long as rankings of it are wanted (anyone may be the one who gets it) and as long as they may finish
// one that they have begun. Whoever has ranked it sees the others' rankings once all are in, so that no second look is led.
// Whoever is asked to look at their ranking again is blind again until they have.
import { listSkipped, type SkippedComparison } from "../../db/queries/assignments.ts";
import { type ComparisonRow, comparisonRevision, getComparison } from "../../db/queries/comparisons.ts";
import { type Involvement, involvementOf } from "../../db/queries/rankings.ts";
import { type Actor, type Context, signedIn } from "../context.ts";
import { labelsOf } from "../preference/ranking.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { knownUseCase, may } from "../vocabulary/labeling.ts";
import type { Comparison } from "../vocabulary/shapes.ts";
import { watch } from "../watch.ts";
import { byLabel, notationOf } from "./labels.ts";
import { isOneSource, namesItsModel } from "./names-its-model.ts";
import { shownJudge } from "./project-model.ts";

/** @throws DomainError NOT_FOUND */
export async function viewComparison(ctx: Context, input: { id: string }): Promise<Comparison> {
  const { actor } = signedIn(ctx);
  const row = await getComparison(ctx.db, input.id);
  if (!row) throw new DomainError("NOT_FOUND", "There is no such comparison.");
  const involvement = await involvementOf(ctx.db, { comparisonId: row.id, personId: actor.id });
  // The scores of other models are for those who train them: a labeler would take them for the right answer.
  const judge = may(actor.role, "train") ? "all" : await shownJudge(ctx);
  const [aside] = row.isComplete ? [] : await listSkipped(ctx, { setAside: true, id: row.id, limit: 1 });
  return shown(row, actor, { ...involvement, judge, aside });
}

/** Whoever asked for the answers may stop them and have one written anew; a lead may with everyone's. */
export const mayChange = ({ id, role }: Actor, createdBy: string | null): boolean =>
  may(role, "write") && (id === createdBy || may(role, "lead"));

/**
 * The comparison at once, then after every change, until no job works on it any more.
 * @throws DomainError UNAUTHORIZED or NOT_FOUND, before the first event
 */
export async function watchComparison(
  ctx: Context,
  input: { id: string },
  signal?: AbortSignal,
): Promise<AsyncGenerator<Comparison, void, undefined>> {
  await viewComparison(ctx, input);
  return watch({
    db: ctx.db,
    id: input.id,
    revision: () => comparisonRevision(ctx.db, input.id),
    read: () => viewComparison(ctx, input),
    signal,
  });
}

/** @param judge whose scores are shown: of "all" reward models, of one, by its id, or of none (null) */
function shown(
  row: ComparisonRow,
  actor: Actor,
  {
    hasBegun,
    isAskedAgain,
    judge,
    aside,
  }: Involvement & { judge: "all" | (string & {}) | null; aside: SkippedComparison | undefined },
): Comparison {
  // A labeler of a file may be called as somebody here is.
  const isMine = ({ labeler, source }: ComparisonRow["rankings"][number]) =>
    source === null && labeler === actor.username;
  const isRankedByMe = row.rankings.some(isMine);
  const open = isRankedByMe ? !isAskedAgain : row.isComplete && !hasBegun;
  const labels = labelsOf(row.candidates.length);
  const tellsNothing = isOneSource(row.candidates);
  return {
    id: row.id,
    prompt: { ...row.prompt, useCase: knownUseCase(row.prompt.useCase) },
    state: row.state,
    setAside: aside ? { skips: may(actor.role, "review") ? aside.skips : [] } : null,
    createdAt: row.createdAt,
    wanted: row.wanted,
    rankingCount: row.rankings.length,
    isRankedByMe,
    isBlind: !open,
    mayChange: mayChange(actor, row.createdBy),
    candidates: row.candidates.map(({ position, modelId: _, tokens, temperature, topP, maxTokens, ...candidate }) => ({
      ...candidate,
      label: labels[position] ?? "?",
      ...waiting(row, actor, candidate),
      tokens: candidate.author === null && (open || tellsNothing) ? tokens : null,
      ...(open || tellsNothing ? { temperature, topP, maxTokens } : { temperature: null, topP: null, maxTokens: null }),
      modelName: open ? candidate.modelName : null,
      author: open ? candidate.author : null,
      call: open && candidate.call ? { ...candidate.call, sent: JSON.parse(candidate.call.sent) } : null,
      namesModel: may(actor.role, "review") && namesItsModel(candidate.modelName ?? "", candidate.text),
      seed: open ? candidate.seed : null,
      scores: open ? candidate.scores.filter(({ modelId }) => judge === "all" || modelId === judge) : [],
    })),
    rankings: row.rankings
      .filter((one) => isMine(one) || (open && row.isComplete))
      .map((one) => ({ ...one, labeler: isMine(one) || may(actor.role, "export") ? one.labeler : null }))
      .map(({ id, labeler, source, version, submittedAt, earlier, ...content }) => ({
        id,
        labeler,
        source,
        version,
        submittedAt,
        ...byLabel(content),
        earlier: earlier.map(({ tiers, ...before }) => ({ ...before, notation: notationOf(tiers) })),
      })),
  };
}

/**
 * A person's answer is there before the models' are: until then it is shown to others than who asked for the answers as one
 * that waits, or they would know it.
 */
const waiting = ({ state, createdBy }: ComparisonRow, actor: Actor, { author }: { author: string | null }) =>
  author !== null && state === "generating" && actor.id !== createdBy ? { state: "waiting" as const, text: "" } : {};
