// Calling the API as a person from a program: signing in, and sending the session's cookies along.
import { setTimeout } from "node:timers/promises";
import { practiceProject } from "../project/practice.ts";
import { type ApiClient, createApiClient } from "./client.ts";

export interface Cookie {
  name: string;
  value: string;
}

/** A client that calls signed out, or with the cookies of a session, in the project that comes with Rankloop or in another. */
export function clientOf(address: string, cookies: readonly Cookie[] = [], project = practiceProject): ApiClient {
  return createApiClient(
    () => address,
    () => project,
    () => ({ origin: address, ...(cookies.length > 0 ? { cookie: cookieHeader(cookies) } : {}) }),
  );
}

/**
 * Signs in and returns the session's cookies. After too many wrong tries it waits as long as the server asks.
 * @throws Error with what the server said when it refuses.
 */
export async function signIn(address: string, username: string, password: string): Promise<Cookie[]> {
  const answer = await fetch(`${address}/api/auth/sign-in/username`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: address },
    body: JSON.stringify({ username, password }),
  });
  const wait = answer.headers.get("retry-after");
  if (answer.status === 429 && wait !== null) {
    await setTimeout(1_000 * Math.max(1, Number(wait)));
    return signIn(address, username, password);
  }
  if (!answer.ok) throw new Error(`${username} cannot sign in: ${answer.status} ${await answer.text()}`);
  return answer.headers.getSetCookie().map((line) => {
    const [name, ...value] = line.split(";", 1)[0]!.split("=");
    return { name: name!, value: value.join("=") };
  });
}

/** The cookie header, for calls outside the typed client, such as downloads. */
export const cookieHeader = (cookies: readonly Cookie[]): string =>
  cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
