// Who is in a project, as what, and what each has done there.
import { and, asc, eq, ne, or, sql } from "drizzle-orm";
import type { Role } from "../../lib/vocabulary/labeling.ts";
import { changeOnce, type InProject, type ProjectScope } from "../change.ts";
import { type Database, type Orm, ormOf, prepared } from "../client.ts";
import { assignment, member, project, user } from "../schema/index.ts";
import { type Account, active, person } from "./people.ts";

/** MemberRow is a person with counts of what they have done in the project. */
export interface MemberRow extends Account {
  role: Role;
  rankings: number;
  demonstrations: number;
}

/** The longest in it first. */
export async function listMembers({ db, project }: InProject): Promise<MemberRow[]> {
  return ormOf(db)
    .select({
      ...person,
      active,
      role: member.role,
      // First versions are counted: there are as many as latest ones, and they are found more quickly.
      rankings: sql<number>`(select count(*) from ranking
        where labeler_id = "user".id and version = 1 and project_id = ${project})`,
      demonstrations: sql<number>`(select count(*) from demonstration
        where author_id = "user".id and version = 1 and project_id = ${project})`,
    })
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .where(eq(member.projectId, project))
    .orderBy(asc(member.joinedAt), asc(user.createdAt), asc(user.id))
    .all();
}

/** What people are called whose work or names may stand on the project's screens: also of those who have left it. */
export async function listNames({ db, project }: InProject): Promise<{ username: string; name: string }[]> {
  const isIn = sql`exists (select 1 from member where user_id = "user".id and project_id = ${project})`;
  const wasHere = sql`exists (select 1 from event where actor_id = "user".id and project_id = ${project})`;
  return ormOf(db)
    .select({ username: user.username, name: user.name })
    .from(user)
    .where(or(eq(user.role, "admin"), isIn, wasHere))
    .all();
}

export interface Place {
  name: string;
  archivedAt: number | null;
  /** Null: this person is not in it. */
  role: Role | null;
}

const findPlace = prepared((orm) =>
  orm
    .select({ name: project.name, archivedAt: project.archivedAt, role: member.role })
    .from(project)
    .leftJoin(member, and(eq(member.projectId, project.id), eq(member.userId, sql.placeholder("userId"))))
    .where(eq(project.id, sql.placeholder("project")))
    .prepare(),
);

/** A project as a person finds it; null where there is none. On the path of every request: one prepared statement. */
export async function placeOf({ db, project }: InProject, { userId }: { userId: string }): Promise<Place | null> {
  return (await findPlace(ormOf(db)).get({ project, userId })) ?? null;
}

/** `last admin`: nobody in the project could add or change people any more. */
export type MemberChanged = { role: Role } | "not found" | "in it" | "last admin";

/**
 * Brings somebody into the project, or gives them another role there.
 * @param input.as "new": nobody who is in it; "known": nobody who is not; absent: whoever has an account
 */
export async function putMember(
  scope: ProjectScope,
  { userId, role, as }: { userId: string; role: Role; as?: "new" | "known" },
): Promise<MemberChanged> {
  const { project: projectId } = scope;
  return changeOnce(scope, async (orm, tell): Promise<MemberChanged> => {
    if (!(await orm.select({ id: user.id }).from(user).where(eq(user.id, userId)).get())) return "not found";
    const before = await orm.select({ role: member.role }).from(member).where(one(projectId, userId)).get();
    if (as === "new" && before) return "in it";
    if (as === "known" && !before) return "not found";
    if (before?.role === "admin" && role !== "admin" && !(await hasOtherAdmin(orm, projectId, userId)))
      return "last admin";
    await orm
      .insert(member)
      .values({ projectId, userId, role, joinedAt: scope.now })
      .onConflictDoUpdate({ target: [member.projectId, member.userId], set: { role } })
      .run();
    const verb = before ? "member.changeRole" : "member.add";
    await tell({ verb, subject: userId, before: before ?? null, after: { role } });
    return { role };
  });
}

/** Takes somebody out of the project: what they hold there goes back, what they have done stays. */
export async function removeMember(
  scope: ProjectScope,
  { userId }: { userId: string },
): Promise<{ role: Role } | "not found" | "last admin"> {
  const { project: projectId, now } = scope;
  return changeOnce(scope, async (orm, tell) => {
    const before = await orm.select({ role: member.role }).from(member).where(one(projectId, userId)).get();
    if (!before) return "not found";
    if (before.role === "admin" && !(await hasOtherAdmin(orm, projectId, userId))) return "last admin";
    await orm.delete(member).where(one(projectId, userId)).run();
    await orm
      .update(assignment)
      .set({ state: "released", endedAt: now })
      .where(and(eq(assignment.labelerId, userId), eq(assignment.projectId, projectId), eq(assignment.state, "held")))
      .run();
    await tell({ verb: "member.remove", subject: userId, before, after: null });
    return before;
  });
}

const one = (projectId: string, userId: string) => and(eq(member.projectId, projectId), eq(member.userId, userId));

async function hasOtherAdmin(orm: Orm, projectId: string, userId: string): Promise<boolean> {
  const other = await orm
    .select({ id: user.id })
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .where(and(eq(member.projectId, projectId), eq(member.role, "admin"), ne(member.userId, userId), active))
    .limit(1)
    .get();
  return other !== undefined;
}

export interface ProjectRow {
  id: string;
  name: string;
  createdAt: number;
  archivedAt: number | null;
  /** Of the person who asks; null where they administer it without being in it. */
  role: Role | null;
}

/** The projects that a person is in, or all of them, in the order they were made. */
export async function listProjects(
  db: Database,
  { userId, all }: { userId: string; all: boolean },
): Promise<ProjectRow[]> {
  return ormOf(db)
    .select({
      id: project.id,
      name: project.name,
      createdAt: project.createdAt,
      archivedAt: project.archivedAt,
      role: member.role,
    })
    .from(project)
    .leftJoin(member, and(eq(member.projectId, project.id), eq(member.userId, userId)))
    .where(all ? undefined : eq(member.userId, userId))
    .orderBy(asc(project.seq))
    .all();
}
