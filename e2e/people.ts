// Accounts and sessions for tests, made through the API as a page would, without a page.
import type { ApiClient } from "../lib/api/client.ts";
import * as session from "../lib/api/session.ts";
import type { Role } from "../lib/vocabulary/labeling.ts";
import { withoutStarters } from "./work.ts";

export const password = "correct horse battery";

export interface Person {
  username: string;
  /** Shown beside what they write. */
  name: string;
  role: Role;
  /** Calls as this person. */
  api: ApiClient;
  /** For `context.addCookies`. */
  cookies: session.Cookie[];
}

/** Makes the admin of a new installation, with nothing waiting to be ranked. */
export async function createAdmin(address: string, username = "ada"): Promise<Person> {
  await session.clientOf(address).setup.createAdmin({ username, name: "Ada Admin", password });
  const admin = await signIn(address, username, "admin");
  await withoutStarters(admin);
  return admin;
}

let made = 0;

/** A person nobody has heard of yet. */
export async function createPerson(address: string, admin: Person, role: Role): Promise<Person> {
  const username = `${role}_${process.pid}_${++made}`;
  // Not one that stands in another, as "Labeler 1" in "Labeler 12" does.
  await admin.api.members.addAccount({ username, name: `${role} number ${made}.`, password, role });
  return signIn(address, username, role);
}

export async function signIn(address: string, username: string, role: Role): Promise<Person> {
  const cookies = await session.signIn(address, username, password);
  const api = session.clientOf(address, cookies);
  return { username, name: (await api.accounts.me())?.name ?? "", role, cookies, api };
}
