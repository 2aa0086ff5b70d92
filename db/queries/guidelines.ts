// Guidelines: every version, and the latest one that each person has read.
import { and, desc, eq } from "drizzle-orm";
import type { GuidelineTopic } from "../../lib/vocabulary/labeling.ts";
import { change, changeOnce, type PersonScope, type Scope, type Tell, textHash } from "../change.ts";
import { type Database, type Orm, ormOf } from "../client.ts";
import { guidelines, guidelinesRead, user } from "../schema/index.ts";

export interface GuidelinesRow {
  topic: GuidelineTopic;
  version: number;
  text: string;
  /** User name; null for those that come with Rankloop. */
  author: string | null;
  createdAt: number;
}

const ofTopic = (orm: Orm, topic: GuidelineTopic) =>
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
    .where(eq(guidelines.topic, topic))
    .orderBy(desc(guidelines.version));

/** Every version, newest first: the first is in force. */
export async function guidelinesHistory(db: Database, topic: GuidelineTopic): Promise<GuidelinesRow[]> {
  return ofTopic(ormOf(db), topic).all();
}

/** The guidelines in force, and the version this person has read last; null while a topic has none. */
export async function guidelinesFor(
  db: Database,
  input: { topic: GuidelineTopic; personId: string },
): Promise<{ current: GuidelinesRow; read: { version: number; text: string } | null } | null> {
  const orm = ormOf(db);
  const current = await ofTopic(orm, input.topic).limit(1).get();
  if (!current) return null;
  const read = await orm
    .select({ version: guidelines.version, text: guidelines.text })
    .from(guidelinesRead)
    .innerJoin(
      guidelines,
      and(eq(guidelines.topic, guidelinesRead.topic), eq(guidelines.version, guidelinesRead.version)),
    )
    .where(and(eq(guidelinesRead.topic, input.topic), eq(guidelinesRead.userId, input.personId)))
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
      .where(and(eq(guidelines.topic, input.topic), eq(guidelines.version, input.version)))
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
    const inForce = await ofTopic(orm, topic).limit(1).get();
    const version = (inForce?.version ?? 0) + 1;
    if (version !== input.basedOn + 1) return "conflict";
    const row = { topic, version, text, authorId: scope.actor.id, createdAt: scope.now };
    await orm.insert(guidelines).values(row).run();
    const before = inForce ? { version: inForce.version, text: textHash(inForce.text) } : null;
    await tell({ verb: "guidelines.publish", subject: topic, before, after: { version, text: textHash(text) } });
    await setRead(orm, tell, scope, { topic, version });
    return (await ofTopic(orm, topic).limit(1).get()) ?? "conflict";
  });
}

/** The guidelines that come with Rankloop, for each topic that never had any. */
export async function seedGuidelinesOnce(scope: Scope, texts: Record<GuidelineTopic, string>): Promise<void> {
  await change(scope, async (orm, tell) => {
    for (const topic of Object.keys(texts) as GuidelineTopic[]) {
      const text = texts[topic];
      const row = { topic, version: 1, text, createdAt: scope.now };
      const { changes } = await orm.insert(guidelines).values(row).onConflictDoNothing().run();
      if (changes === 0) continue;
      const after = { version: 1, text: textHash(text) };
      await tell({ verb: "guidelines.publish", subject: topic, before: null, after });
    }
  });
}

async function setRead(
  orm: Orm,
  tell: Tell,
  { actor: { id: userId }, now: readAt }: PersonScope,
  { topic, version }: { topic: GuidelineTopic; version: number },
): Promise<void> {
  const mine = and(eq(guidelinesRead.userId, userId), eq(guidelinesRead.topic, topic));
  const before = await orm.select({ version: guidelinesRead.version }).from(guidelinesRead).where(mine).get();
  if (before && before.version >= version) return;
  await orm
    .insert(guidelinesRead)
    .values({ userId, topic, version, readAt })
    .onConflictDoUpdate({ target: [guidelinesRead.userId, guidelinesRead.topic], set: { version, readAt } })
    .run();
  await tell({ verb: "guidelines.read", subject: topic, before: before ?? null, after: { version } });
}
