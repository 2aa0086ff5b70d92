// rankloop user …: accounts, managed by whoever has access to the data directory.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { launcherLockIn } from "../../db/data-directory.ts";
import { outerAddress } from "../api/origin.ts";
import type { Visitor, VisitorContext } from "../context.ts";
import { result } from "../output.ts";
import { type Role, roles } from "../vocabulary/labeling.ts";
import { type Account, newAccount } from "../vocabulary/shapes.ts";
import { InputError } from "./input.ts";

interface Json {
  json?: boolean;
}

export function addUser(program: Command): void {
  const group = program.command("user").description("People who may sign in.");
  const add = (usage: string, description: string) =>
    group.command(usage).description(description).option("--json", "one JSON object on stdout");
  const role = (description: string) => new Option("--role <role>", description).choices([...roles]);
  add("add <username>", "Add an account.")
    .option("--name <name>", "what others see (default: the user name)")
    .addOption(role("what they may do in the project").default("labeler"))
    .option("--project <name>", "where there are several")
    .option("--admin", "an admin of the installation, and of every project")
    .option("--password <password>", "drawn at random and printed where absent; - reads it from stdin")
    .action(addAccount);
  add("list", "Everyone, with what each has done.").action(list);
  add("role <username>", "Give somebody a role in a project.")
    .addOption(role("what they may do there from now on").makeOptionMandatory())
    .option("--project <name>", "where there are several")
    .action(giveRole);
  add("admin <username>", "Make somebody an admin of the installation.")
    .option("--revoke", "they are none any more")
    .action((username: string, { revoke, json }: Json & { revoke?: boolean }) =>
      update(username, { isAdmin: !revoke }, json),
    );
  add("deactivate <username>", "Close an account: its sessions end at once, its work stays.").action(
    (username: string, { json }: Json) => update(username, { active: false }, json),
  );
  add("activate <username>", "Open a closed account again.").action((username: string, { json }: Json) =>
    update(username, { active: true }, json),
  );
  add("reset-password <username>", "Print a link with which they set a new password, once.").action(reset);
  add("sessions <username>", "Where somebody is signed in.").option("--end", "end them all").action(sessions);
}

async function addAccount(
  username: string,
  options: Json & { name?: string; role: Role; project?: string; admin?: boolean; password?: string },
): Promise<void> {
  const { role, json, admin: isAdmin = false, name = username } = options;
  const given = options.password === "-" ? await firstLineOfStdin() : options.password;
  const password = given ?? randomBytes(12).toString("base64url");
  const account = newAccount.safeParse({ username, name, password });
  if (!account.success) throw new InputError(account.error.issues[0]?.message ?? "This is no account.");
  const { existingDatabase, projectNamed } = await import("./database.ts");
  const { bySystem } = await import("../../db/change.ts");
  const accounts = await import("../project/accounts.ts");
  const db = await existingDatabase();
  const scope = { ...bySystem(db), project: await projectNamed(db, options.project) };
  const user = { ...(await accounts.addAccount(scope, { ...account.data, isAdmin, role })), role };
  const made = given === undefined ? { ...user, password } : user;
  result(json, made, () => {
    const secret = given === undefined ? `, password ${password}` : "";
    return `Added ${user.username} (${user.role})${secret}.`;
  });
}

async function firstLineOfStdin(): Promise<string> {
  let text = "";
  for await (const chunk of process.stdin.setEncoding("utf8")) text += chunk;
  return text.split(/\r?\n/, 1)[0] ?? "";
}

/** The context of the shell. Whoever may open the database file may do everything in it. */
async function shell(): Promise<VisitorContext & { actor: Visitor }> {
  const { existingDatabase } = await import("./database.ts");
  return {
    db: await existingDatabase(),
    actor: { id: "", username: "shell", name: "The shell", isAdmin: true, isShell: true },
  };
}

async function find(ctx: VisitorContext, username: string): Promise<Account> {
  const { listAccounts } = await import("../project/accounts.ts");
  const found = (await listAccounts(ctx)).find((one) => one.username === username.toLowerCase());
  if (!found) throw new InputError(`There is no account ${username}.`);
  return found;
}

async function list({ json }: Json): Promise<void> {
  const { listAccounts } = await import("../project/accounts.ts");
  const { listProjects } = await import("../../db/queries/members.ts");
  const { listMembers } = await import("../project/members.ts");
  const ctx = await shell();
  const actor = { ...ctx.actor, role: "admin" as const };
  const projects = await Promise.all(
    (await listProjects(ctx.db, { userId: "", all: true })).map(async ({ id: project, name }) => ({
      name,
      members: await listMembers({ ...ctx, actor, project }),
    })),
  );
  const people = (await listAccounts(ctx)).map((account) => ({
    ...account,
    projects: projects.flatMap(({ name, members }) =>
      members
        .filter(({ id }) => id === account.id)
        .map(({ role, rankings, demonstrations }) => ({ name, role, rankings, demonstrations })),
    ),
  }));
  const line = ({ username, isAdmin, active, projects }: (typeof people)[number]) =>
    [
      username,
      isAdmin ? "admin of the installation" : "",
      active ? "" : "closed",
      ...projects.map(
        ({ name, role, rankings, demonstrations }) =>
          `${role} of "${name}": ${rankings} rankings, ${demonstrations} demonstrations`,
      ),
    ]
      .filter(Boolean)
      .join(" · ");
  result(json, people, () => people.map(line).join("\n"));
}

async function giveRole(username: string, { role, project, json }: Json & { role: Role; project?: string }) {
  const ctx = await shell();
  const { projectNamed } = await import("./database.ts");
  const { putMember } = await import("../../db/queries/members.ts");
  const { id, name } = await find(ctx, username);
  const { bySystem } = await import("../../db/change.ts");
  const scope = { ...bySystem(ctx.db), project: await projectNamed(ctx.db, project) };
  const given = await putMember(scope, { userId: id, role });
  if (given === "last admin")
    throw new InputError("This is the only admin of the project: make someone else admin first.");
  result(json, { username: username.toLowerCase(), role }, () => `${name} is ${role} now.`);
}

/** nowThey({ active: false }) → "cannot sign in any more" */
function nowThey({ isAdmin, active }: { isAdmin?: boolean; active?: boolean }): string {
  if (isAdmin !== undefined)
    return isAdmin ? "administers the installation now" : "no longer administers the installation";
  return active ? "may sign in now" : "cannot sign in any more";
}

async function update(username: string, to: { isAdmin?: boolean; active?: boolean }, json?: boolean): Promise<void> {
  const ctx = await shell();
  const { updateAccount } = await import("../project/accounts.ts");
  const after = await updateAccount(ctx, { id: (await find(ctx, username)).id, ...to });
  result(json, after, () => `${after.username} ${nowThey(to)}.`);
}

async function reset(username: string, { json }: Json): Promise<void> {
  const ctx = await shell();
  const { resetPassword } = await import("../project/password-reset.ts");
  const { path, expiresAt, ...rest } = await resetPassword(ctx, { id: (await find(ctx, username)).id });
  const link = `${addressOf(ctx)}${path}`;
  const until = new Date(expiresAt).toLocaleString("en", { dateStyle: "medium", timeStyle: "short" });
  result(json, { ...rest, link, expiresAt }, () => `${link}\nWorks once, until ${until}: hand it to ${rest.username}.`);
}

/** The address of the pages: the one that is set, the one of the running launcher, or the usual one. */
function addressOf({ db }: VisitorContext): string {
  const outer = outerAddress();
  if (outer) return outer.origin;
  try {
    const { address } = JSON.parse(readFileSync(launcherLockIn(db.directory), "utf8"));
    if (typeof address === "string") return address;
  } catch {
    // It does not run.
  }
  return "http://127.0.0.1:3000";
}

async function sessions(username: string, { end, json }: Json & { end?: boolean }): Promise<void> {
  const ctx = await shell();
  const { endSessions, listSessions } = await import("../project/sessions.ts");
  const { id: personId } = await find(ctx, username);
  const open = await listSessions(ctx, { personId });
  if (end) {
    const ended = await endSessions(ctx, { personId });
    return result(json, ended, () => `Ended ${ended.ended}.`);
  }
  const line = ({ startedAt, address, program }: (typeof open)[number]) =>
    [new Date(startedAt).toISOString(), address, program].filter(Boolean).join(" · ");
  result(json, open, () => open.map(line).join("\n") || `${username} is signed in nowhere.`);
}
