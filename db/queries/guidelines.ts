// What leads ask of labelers: every version of it, and the latest that each person has read.
import { and, desc, eq, sql } from "drizzle-orm";
import type { GuidelineTopic } from "../../lib/vocabulary/labeling.ts";
import { change, type Database, type Orm, ormOf } from "../client.ts";
import { changeOnce, type RequestKey } from "../requests.ts";
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
  return await ofTopic(ormOf(db), topic).all();
}

/** Those in force and the version this person has read last; null while a topic has none. */
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

/** Reading an earlier version after a later one changes nothing. @returns false when there is no such version */
export async function markGuidelinesRead(
  db: Database,
  input: { topic: GuidelineTopic; version: number; personId: string; now: number },
): Promise<boolean> {
  return change(db, async (orm) => {
    const known = await orm
      .select({ version: guidelines.version })
      .from(guidelines)
      .where(and(eq(guidelines.topic, input.topic), eq(guidelines.version, input.version)))
      .get();
    if (known) await setRead(orm, input);
    return known !== undefined;
  });
}

/**
 * A new version, read by its author.
 * @param input.basedOn the version that was edited; 0 for the first
 * @returns "conflict" when another one is in force by now
 */
export async function publishGuidelines(
  db: Database,
  input: {
    topic: GuidelineTopic;
    text: string;
    basedOn: number;
    authorId: string;
    now: number;
    request?: RequestKey | undefined;
  },
): Promise<GuidelinesRow | "conflict"> {
  const { topic, text, authorId, now } = input;
  return changeOnce(db, input.request, async (orm): Promise<GuidelinesRow | "conflict"> => {
    const inForce = (await ofTopic(orm, topic).limit(1).get())?.version ?? 0;
    if (inForce !== input.basedOn) return "conflict";
    const version = inForce + 1;
    await orm.insert(guidelines).values({ topic, version, text, authorId, createdAt: now }).run();
    await setRead(orm, { topic, version, personId: authorId, now });
    return (await ofTopic(orm, topic).limit(1).get()) ?? "conflict";
  });
}

/** The guidelines that come with Rankloop, for each topic that never had any. */
export async function seedGuidelinesOnce(
  db: Database,
  texts: Record<GuidelineTopic, string>,
  now: number,
): Promise<void> {
  await change(db, async (orm) => {
    for (const topic of Object.keys(texts) as GuidelineTopic[]) {
      await orm
        .insert(guidelines)
        .values({ topic, version: 1, text: texts[topic], createdAt: now })
        .onConflictDoNothing()
        .run();
    }
  });
}

async function setRead(
  orm: Orm,
  input: { topic: GuidelineTopic; version: number; personId: string; now: number },
): Promise<void> {
  const { topic, version, personId, now } = input;
  await orm
    .insert(guidelinesRead)
    .values({ userId: personId, topic, version, readAt: now })
    .onConflictDoUpdate({
      target: [guidelinesRead.userId, guidelinesRead.topic],
      set: { version, readAt: now },
      setWhere: sql`${guidelinesRead.version} < ${version}`,
    })
    .run();
}
