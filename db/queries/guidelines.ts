// Guidelines: every version, and the latest one that each person has read.
import { and, desc, eq } from "drizzle-orm";
import type { GuidelineTopic } from "../../lib/vocabulary/labeling.ts";
import { change, changeOnce, type InProject, type PersonScope, type Tell, textHash } from "../change.ts";
import { type Orm, ormOf } from "../client.ts";
import { guidelines, guidelinesRead, user } from "../schema/index.ts";

export interface GuidelinesRow {
  topic: GuidelineTopic;
  version: number;
  text: string;
  /** User name; null for those that come with Rankloop. */
  author: string | null;
  createdAt: number;
}

const ofTopic = (orm: Orm, project: string, topic: GuidelineTopic) =>
  orm
    .select({
      topic: guidelines.topic,
      version: guidelines.version,
      text: guidelines.text,
      author: user.username,
      createdAt: guidelines.createdAt,
    })
    .from(guidelines)
    .leftJoin(user, eq(user.id, guidelines.authorId))
    .where(and(eq(guidelines.projectId, project), eq(guidelines.topic, topic)))
    .orderBy(desc(guidelines.version));

/** Every version, newest first: the first is in force. */
export async function guidelinesHistory({ db, project }: InProject, topic: GuidelineTopic): Promise<GuidelinesRow[]> {
  return ofTopic(ormOf(db), project, topic).all();
}

/** The guidelines in force, and the version this person has read last; null while a topic has none. */
export async function guidelinesFor(
  { db, project }: InProject,
  input: { topic: GuidelineTopic; personId: string },
): Promise<{ current: GuidelinesRow; read: { version: number; text: string } | null } | null> {
  const orm = ormOf(db);
  const current = await ofTopic(orm, project, input.topic).limit(1).get();
  if (!current) return null;
  const read = await orm
    .select({ version: guidelines.version, text: guidelines.text })
    .from(guidelinesRead)
    .innerJoin(
      guidelines,
      and(
        eq(guidelines.projectId, guidelinesRead.projectId),
        eq(guidelines.topic, guidelinesRead.topic),
        eq(guidelines.version, guidelinesRead.version),
      ),
    )
    .where(
      and(
        eq(guidelinesRead.projectId, project),
        eq(guidelinesRead.topic, input.topic),
        eq(guidelinesRead.userId, input.personId),
      ),
    )
    .get();
  return { current, read: read ?? null };
}

/** Notes that a person has read a version. An earlier one after a later one changes nothing. @returns false when there is no such version */
export async function markGuidelinesRead(
  scope: PersonScope,
  input: { topic: GuidelineTopic; version: number },
): Promise<boolean> {
  return change(scope, async (orm, tell) => {
    const known = await orm
      .select({ version: guidelines.version })
      .from(guidelines)
      .where(
        and(
          eq(guidelines.projectId, scope.project),
          eq(guidelines.topic, input.topic),
          eq(guidelines.version, input.version),
        ),
      )
      .get();
    if (known) await setRead(orm, tell, scope, input);
    return known !== undefined;
  });
}

/**
 * Publishes a new version, which its author has read.
 * @param input.basedOn the version that was edited; 0 for the first
 * @returns "conflict" when another one is in force by now
 */
export async function publishGuidelines(
  scope: PersonScope,
  input: { topic: GuidelineTopic; text: string; basedOn: number },
): Promise<GuidelinesRow | "conflict"> {
  const { topic, text } = input;
  return changeOnce(scope, async (orm, tell): Promise<GuidelinesRow | "conflict"> => {
    const inForce = await ofTopic(orm, scope.project, topic).limit(1).get();
    const version = (inForce?.version ?? 0) + 1;
    if (version !== input.basedOn + 1) return "conflict";
    const row = { projectId: scope.project, topic, version, text, authorId: scope.actor.id, createdAt: scope.now };
    await orm.insert(guidelines).values(row).run();
    const before = inForce ? { version: inForce.version, text: textHash(inForce.text) } : null;
    await tell({ verb: "guidelines.publish", subject: topic, before, after: { version, text: textHash(text) } });
    await setRead(orm, tell, scope, { topic, version });
    return (await ofTopic(orm, scope.project, topic).limit(1).get()) ?? "conflict";
  });
}

async function setRead(
  orm: Orm,
  tell: Tell,
  { actor: { id: userId }, project: projectId, now: readAt }: PersonScope,
  { topic, version }: { topic: GuidelineTopic; version: number },
): Promise<void> {
  const mine = and(
    eq(guidelinesRead.userId, userId),
    eq(guidelinesRead.projectId, projectId),
    eq(guidelinesRead.topic, topic),
  );
  const before = await orm.select({ version: guidelinesRead.version }).from(guidelinesRead).where(mine).get();
  if (before && before.version >= version) return;
  await orm
    .insert(guidelinesRead)
    .values({ userId, projectId, topic, version, readAt })
    .onConflictDoUpdate({
      target: [guidelinesRead.userId, guidelinesRead.projectId, guidelinesRead.topic],
      set: { version, readAt },
    })
    .run();
  await tell({ verb: "guidelines.read", subject: topic, before: before ?? null, after: { version } });
}
