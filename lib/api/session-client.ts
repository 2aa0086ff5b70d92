// Signing in and out from the browser: better-auth's own endpoints, by plain fetch. The session is an httpOnly cookie.

/** A SignInError says in one sentence what went wrong. */
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

/** Signs in. @throws SignInError for a wrong name or password, or after too many tries in a row. */
export async function signIn(credentials: { username: string; password: string }): Promise<void> {
  const answer = await post("sign-in/username", credentials);
  if (answer.ok) return;
  // Too many tries, or an account that is closed.
  if (answer.status === 429 || answer.status === 403) {
    const said: { message?: string } | null = await answer.json().catch(() => null);
    throw new SignInError(said?.message ?? "Too many tries: wait a moment, then try again.");
  }
  if (answer.status >= 500) throw new SignInError("Something went wrong on the server. Try again.");
  throw new SignInError("This user name and password do not belong together.");
}

/**
 * Sets one's own password; every other session of this person ends.
 * @throws SignInError for a wrong current password, or a new one that will not do
 */
export async function changePassword(passwords: { currentPassword: string; newPassword: string }): Promise<void> {
  const answer = await post("change-password", passwords);
  if (answer.ok) return;
  const said: { code?: string; message?: string } | null = await answer.json().catch(() => null);
  if (said?.code === "INVALID_PASSWORD") throw new SignInError("This is not your current password.");
  throw new SignInError(said?.message ?? "Something went wrong on the server. Try again.");
}

export async function signOut(): Promise<void> {
  await post("sign-out", {});
}
