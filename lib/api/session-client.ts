// Signing in and out from the browser: better-auth's own endpoints, by plain fetch. The session is an httpOnly cookie.

/** What went wrong, as one sentence for a person. */
export class SignInError extends Error {
  override name = "SignInError";
}

async function post(path: string, body: unknown): Promise<Response> {
  try {
    return await fetch(`/api/auth/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch (cause) {
    throw new SignInError("The server does not answer. Check that it runs, then try again.", { cause });
  }
}

/** @throws SignInError for a wrong name or password, or after too many tries in a row. */
export async function signIn(credentials: { username: string; password: string }): Promise<void> {
  const answer = await post("sign-in/username", credentials);
  if (answer.ok) return;
  if (answer.status === 429) {
    const said: { message?: string } | null = await answer.json().catch(() => null);
    throw new SignInError(said?.message ?? "Too many tries: wait a moment, then try again.");
  }
  if (answer.status >= 500) throw new SignInError("Something went wrong on the server. Try again.");
  throw new SignInError("This user name and password do not belong together.");
}

export async function signOut(): Promise<void> {
  await post("sign-out", {});
}
