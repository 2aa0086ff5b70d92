// Refusing passwords that attackers guess first: those on the usual lists, and one's own user name.

/** The usual passwords, read at the first use: 50,000, as collected from leaks by zxcvbn's authors and their successors. */
let usual: Promise<Set<string>> | undefined;
function usualPasswords(): Promise<Set<string>> {
  usual ??= import("@zxcvbn-ts/language-common").then(
    ({ dictionary }) => new Set(dictionary["passwords-common"].map(String)),
  );
  return usual;
}

/** Why this person should take another password, as a sentence; null when it will do. Its length is checked elsewhere. */
export async function passwordProblem(password: string, username: string): Promise<string | null> {
  const spelled = password.toLowerCase();
  if (spelled === username.toLowerCase()) return "This password is the user name: choose another.";
  if ((await usualPasswords()).has(spelled)) {
    return "This password is on the lists of common passwords, which are tried first: choose another.";
  }
  return null;
}
