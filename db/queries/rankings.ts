// Rankings: one change from a submission to stored rows, safe to repeat; a reopened ranking becomes a new version.
import { isDeepStrictEqual } from "node:util";
import { and, asc, desc, eq, isNull, lt, sql } from "drizzle-orm";
import { countPairs } from "../../lib/preference/pairs.ts";
import { type GuardKind, guardKinds, rankingSubject } from "../../lib/vocabulary/labeling.ts";
import { change, type InProject, type PersonScope, type Tell, textHash } from "../change.ts";
import { type Database, type Orm, ormOf } from "../client.ts";
import { newId } from "../id.ts";
import {
  assignment,
  candidate,
  comparison,
  prompt,
  ranking,
  rankingGuard,
  rankingPromptFlag,
  rankingTier,
  rating,
  ratingFlag,
  review,
} from "../schema/index.ts";
import { touchComparison } from "../steps/comparisons.ts";
import { deleteDraft } from "../steps/drafts.ts";
import { isLatestReview, latestVersion, type RankingContent, rankingContents, tiersOf } from "../steps/rankings.ts";
import { currentScores, type ModelScores, noteAgreements } from "../steps/scores.ts";
import { countStillWanted, holders, isBegunBy } from "../steps/wanted.ts";

export type { RankingContent } from "../steps/rankings.ts";

/** What is kept of a ranking beside its content. */
interface Circumstances {
  /** The warnings that were shown before submitting, one of a kind. */
  guards: { kind: GuardKind; said: string; heeded: boolean }[];
  spentMs: number | null;
  guidelinesVersion: number | null;
}

export type Submission =
  /** `isLate`: the lease ran out and others took or ranked what was wanted; the ranking counts beside theirs. */
  | { outcome: "stored" | "repeated"; rankingId: string; version: number; isLate: boolean }
  /**
   * `different`: this labeler has submitted another ranking before. `revised`: the version that was reopened is not the
   * latest. `not submitted`: there is none to reopen. `not found`: the assignment is not this labeler's.
   * `released`: given back, or an answer was written anew since it was shown.
   */
  | { outcome: "different" | "revised" | "not submitted" | "not found" | "skipped" | "released" | "not ready" };

/**
 * Stores a ranking, ends its assignment and its draft, and counts what is still wanted of the comparison.
 * A lease that ran out does no harm: a ranking that others did not wait for is kept beside theirs.
 * @param input.content places every candidate of the comparison once
 * @param input.revises the version that was reopened: this one is stored beside it, and counts from now on
 */
export async function submitRanking(
  scope: PersonScope,
  input: Circumstances & {
    assignmentId: string;
    revises: number | null;
    content: RankingContent;
  },
): Promise<Submission> {
  const { assignmentId, revises, content } = input;
  const { actor, now } = scope;
  const labelerId = actor.id;
  return change(scope, async (orm, tell): Promise<Submission> => {
    const held = await orm
      .select({
        state: assignment.state,
        projectId: comparison.projectId,
        comparisonId: comparison.id,
        comparisonState: comparison.state,
        isFull: sql<number>`${holders(now)} >= comparison.still_wanted`,
      })
      .from(assignment)
      .innerJoin(comparison, eq(comparison.id, assignment.comparisonId))
      .where(and(eq(assignment.id, assignmentId), eq(assignment.labelerId, labelerId)))
      .get();
    if (!held) return { outcome: "not found" };
    const { projectId, comparisonId } = held;
    const isLate = held.state === "expired" && held.isFull === 1;
    let version = 1;
    let before: { version: number; said: string } | null = null;
    if (held.state === "submitted") {
      const known = await versionsOf(orm, assignmentId);
      const last = known.at(-1);
      const latest = last?.version ?? 0;
      const same = known.find((one) => isRepeat(one, revises, latest) && isSameContent(one.content, content));
      if (same) {
        // Reopened and submitted unchanged. Not so for a call that comes twice: there may be a newer draft by then.
        if (same.version === revises) {
          await deleteDraft(orm, labelerId, rankingSubject(comparisonId));
          await answerReview(orm, tell, { rankingId: same.id, comparisonId, now });
        }
        return { outcome: "repeated", rankingId: same.id, version: same.version, isLate };
      }
      if (revises === null) return { outcome: "different" };
      if (revises !== latest) return { outcome: "revised" };
      version = latest + 1;
      before = last ? factsOf(last) : null;
    } else {
      const refused = refusalOf(held);
      if (refused) return { outcome: refused };
      if (revises !== null) return { outcome: "not submitted" };
      await orm
        .update(assignment)
        .set({ state: "submitted", endedAt: now })
        .where(eq(assignment.id, assignmentId))
        .run();
    }
    const rankingId = await insertRanking(orm, { ...input, projectId, comparisonId, version, labelerId, now });
    await countStillWanted(orm, eq(comparison.id, comparisonId));
    await noteAgreements(orm, { rankingId, comparisonId });
    await deleteDraft(orm, labelerId, rankingSubject(comparisonId));
    await touchComparison(orm, comparisonId);
    const verb = before ? "ranking.revise" : "ranking.submit";
    await tell({ verb, subject: rankingId, partOf: comparisonId, before, after: factsOf({ version, content }) });
    return { outcome: "stored", rankingId, version, isLate };
  });
}

/** A condition on `review`: its labeler is asked to look again, and has not yet. */
const isOpen = and(isLatestReview, eq(review.returned, true), isNull(review.answeredAt));
const askedAgain = () => and(eq(review.rankingId, ranking.id), isOpen);

/** The facts of an event about a ranking. Its content is hashed: whoever reads the log may still have to rank the answers. */
function factsOf({ version, content }: Pick<Version, "version" | "content">) {
  return { version, said: textHash(JSON.stringify(content)) };
}

/** Notes that the labeler was asked to look again, did, and left the ranking as it was. */
async function answerReview(
  orm: Orm,
  tell: Tell,
  { rankingId, comparisonId, now }: { rankingId: string; comparisonId: string; now: number },
): Promise<void> {
  const { changes } = await orm
    .update(review)
    .set({ answeredAt: now })
    .where(and(eq(review.rankingId, rankingId), isOpen))
    .run();
  if (changes === 0) return;
  const answered = { before: { answeredAt: null }, after: { answeredAt: now } };
  await tell({ verb: "ranking.keep", subject: rankingId, partOf: comparisonId, ...answered });
}

function refusalOf(held: { state: string; comparisonState: string }): "skipped" | "released" | "not ready" | null {
  if (held.state === "skipped") return "skipped";
  if (held.state === "released") return held.comparisonState === "generating" ? "not ready" : "released";
  return held.comparisonState === "ready" ? null : "not ready";
}

interface Version {
  id: string;
  version: number;
  submittedAt: number;
  content: RankingContent;
}

/** All versions of the ranking of an assignment, oldest first. */
async function versionsOf(orm: Orm, assignmentId: string): Promise<Version[]> {
  const rows = await orm
    .select({ id: ranking.id, version: ranking.version, submittedAt: ranking.submittedAt })
    .from(ranking)
    .where(eq(ranking.assignmentId, assignmentId))
    .orderBy(asc(ranking.version))
    .all();
  const contents = await rankingContents(
    orm,
    rows.map((row) => row.id),
  );
  return rows.flatMap((row) => {
    const content = contents.get(row.id);
    return content ? [{ ...row, content }] : [];
  });
}

/**
 * Which version a call may be the repetition of: the first, where nothing was reopened; else the one that this call
 * made before, or the latest as it was reopened, submitted again without a change.
 */
const isRepeat = ({ version }: Version, revises: number | null, latest: number): boolean =>
  revises === null ? version === 1 : version === revises + 1 || (version === revises && version === latest);

/** Two contents are the same when all but the times spent is equal. */
function isSameContent(one: RankingContent, other: RankingContent): boolean {
  const withoutTimes = ({ tiers, ratings, promptFlags }: RankingContent) => ({
    tiers,
    promptFlags,
    ratings: ratings.map(({ position, likert, flags, note }) => ({ position, likert, flags, note })),
  });
  return isDeepStrictEqual(withoutTimes(one), withoutTimes(other));
}

async function insertRanking(
  orm: Orm,
  input: Parameters<typeof submitRanking>[1] & {
    projectId: string;
    comparisonId: string;
    version: number;
    labelerId: string;
    now: number;
  },
): Promise<string> {
  const { content, guards, now, ...rest } = input;
  const { projectId, assignmentId, comparisonId, labelerId, version, spentMs, guidelinesVersion } = rest;
  const shown = await orm
    .select({ id: candidate.id })
    .from(candidate)
    .where(eq(candidate.comparisonId, comparisonId))
    .orderBy(asc(candidate.position))
    .all();
  const idAt = (position: number) => shown[position]?.id ?? "";
  const rankingId = newId();
  const places = { projectId, assignmentId, comparisonId, labelerId, version };
  await orm
    .insert(ranking)
    .values({
      ...places,
      id: rankingId,
      k: shown.length,
      ...countPairs(content.tiers),
      spentMs,
      guidelinesVersion,
      submittedAt: now,
    })
    .run();
  const tiers = content.tiers.flatMap((positions, index) =>
    positions.map((position) => ({ rankingId, candidateId: idAt(position), tier: index + 1, position })),
  );
  await orm.insert(rankingTier).values(tiers).run();
  for (const { position, flags, ...rated } of content.ratings) {
    const candidateId = idAt(position);
    await orm
      .insert(rating)
      .values({ rankingId, candidateId, ...rated })
      .run();
    for (const flag of flags) await orm.insert(ratingFlag).values({ rankingId, candidateId, flag }).run();
  }
  for (const flag of content.promptFlags) await orm.insert(rankingPromptFlag).values({ rankingId, flag }).run();
  for (const guard of guards) {
    await orm
      .insert(rankingGuard)
      .values({ rankingId, ...guard })
      .run();
  }
  return rankingId;
}

export interface SubmittedVersion extends Circumstances {
  version: number;
  submittedAt: number;
  content: RankingContent;
}

/** The latest version of the ranking of a submitted assignment. */
export async function latestSubmission(db: Database, assignmentId: string): Promise<SubmittedVersion | null> {
  const orm = ormOf(db);
  const row = await orm
    .select({
      id: ranking.id,
      version: ranking.version,
      submittedAt: ranking.submittedAt,
      spentMs: ranking.spentMs,
      guidelinesVersion: ranking.guidelinesVersion,
    })
    .from(ranking)
    .where(and(eq(ranking.assignmentId, assignmentId), latestVersion()))
    .get();
  if (!row) return null;
  const { id, ...head } = row;
  const content = (await rankingContents(orm, [id])).get(id);
  const guards = await orm
    .select({ kind: rankingGuard.kind, said: rankingGuard.said, heeded: rankingGuard.heeded })
    .from(rankingGuard)
    .where(eq(rankingGuard.rankingId, id))
    .all();
  guards.sort((a, b) => guardKinds.indexOf(a.kind) - guardKinds.indexOf(b.kind));
  return content ? { ...head, content, guards } : null;
}

/** Involvement is what a person has to do with a comparison. */
export interface Involvement {
  /** They have begun to rank it and may still finish, be it late. */
  hasBegun: boolean;
  /** A reviewer asks them to look at their ranking again, and they have not yet. */
  isAskedAgain: boolean;
}

export async function involvementOf(
  db: Database,
  { comparisonId, personId }: { comparisonId: string; personId: string },
): Promise<Involvement> {
  const row = await ormOf(db)
    .select({
      hasBegun: sql<number>`${isBegunBy(personId)}`,
      isAskedAgain: sql<number>`exists (select 1 from ranking join review on ${askedAgain()}
        where ranking.comparison_id = comparison.id and ranking.labeler_id = ${personId} and ${latestVersion()})`,
    })
    .from(comparison)
    .where(eq(comparison.id, comparisonId))
    .get();
  return { hasBegun: row?.hasBegun === 1, isAskedAgain: row?.isAskedAgain === 1 };
}

export interface OwnRanking {
  id: string;
  assignmentId: string;
  comparisonId: string;
  promptText: string;
  useCase: string;
  version: number;
  submittedAt: number;
  spentMs: number | null;
  tiers: number[][];
  /** The reward model's scores of the answers, where it has scored them. */
  modelScores: ModelScores | null;
  /** A reviewer asks this labeler to look again, and they have not yet. */
  askedAgain: string | null;
}

/**
 * The latest versions of one labeler's rankings, newest first.
 * @param page.cursor the id of the last one of the page before; it may have been revised since
 */
export async function rankingsOfLabeler(
  { db, project }: InProject,
  page: { labelerId: string; cursor?: string; limit: number },
): Promise<OwnRanking[]> {
  const orm = ormOf(db);
  const last = orm
    .select({ seq: ranking.seq })
    .from(ranking)
    .where(eq(ranking.id, page.cursor ?? ""));
  const rows = await orm
    .select({
      id: ranking.id,
      // Whoever ranks here does so under one.
      assignmentId: sql<string>`${ranking.assignmentId}`,
      comparisonId: ranking.comparisonId,
      promptText: prompt.text,
      useCase: prompt.useCase,
      version: ranking.version,
      submittedAt: ranking.submittedAt,
      spentMs: ranking.spentMs,
      askedAgain: review.comment,
    })
    .from(ranking)
    .innerJoin(comparison, eq(comparison.id, ranking.comparisonId))
    .innerJoin(prompt, eq(prompt.id, comparison.promptId))
    .leftJoin(review, askedAgain())
    .where(
      and(
        eq(ranking.projectId, project),
        eq(ranking.labelerId, page.labelerId),
        latestVersion(),
        page.cursor === undefined ? undefined : lt(ranking.seq, last),
      ),
    )
    .orderBy(desc(ranking.seq))
    .limit(page.limit)
    .all();
  const tiers = await tiersOf(
    orm,
    rows.map((row) => row.id),
  );
  const modelScores = await currentScores(
    orm,
    rows.map((row) => row.comparisonId),
  );
  return rows.map((row) => ({
    ...row,
    tiers: tiers.get(row.id) ?? [],
    modelScores: modelScores.get(row.comparisonId) ?? null,
  }));
}
