// Accounts and sessions for tests, made through the API as a page would, without a page.
import { type ApiClient, createApiClient } from "../lib/api/client.ts";
import type { Role } from "../lib/preference/labeling.ts";
import { withoutStarters } from "./work.ts";

export const password = "correct horse battery";

export interface Person {
  username: string;
  role: Role;
  /** Calls as this person. */
  api: ApiClient;
  /** For `context.addCookies`. */
  cookies: { name: string; value: string }[];
}

/** Calls as nobody, or with the cookies of a session. */
export function clientOf(address: string, cookies: Person["cookies"] = []): ApiClient {
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  return createApiClient(
    () => address,
    () => ({ origin: address, ...(cookie ? { cookie } : {}) }),
  );
}

/** Makes the admin of a new installation, with nothing waiting to be ranked. */
export async function createAdmin(address: string, username = "ada"): Promise<Person> {
  await clientOf(address).setup.createAdmin({ username, name: "Ada Admin", password });
  const admin = await signIn(address, username, "admin");
  await withoutStarters(admin);
  return admin;
}

let made = 0;

/** A person nobody has heard of yet. */
export async function createPerson(address: string, admin: Person, role: Role): Promise<Person> {
  const username = `${role}_${process.pid}_${++made}`;
  await admin.api.people.add({ username, name: `${role} ${made}`, password, role });
  return signIn(address, username, role);
}

export async function signIn(address: string, username: string, role: Role): Promise<Person> {
  const answer = await fetch(`${address}/api/auth/sign-in/username`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: address },
    body: JSON.stringify({ username, password }),
  });
  if (!answer.ok) throw new Error(`${username} cannot sign in: ${answer.status} ${await answer.text()}`);
  const cookies = answer.headers.getSetCookie().map((line) => {
    const [name, ...value] = line.split(";", 1)[0]!.split("=");
    return { name: name!, value: value.join("=") };
  });
  return { username, role, cookies, api: clientOf(address, cookies) };
}
