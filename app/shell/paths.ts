// Ways between the pages. What belongs to a project is under /p/<project>; screens name it without that ("/prompts/abc"),
// and their links add it. Between the signed-out and the signed-in pages the page a person wanted travels along as `next`.

/** Pages that are the installation's. */
const ofInstallation = ["/account", "/projects", "/sign-in", "/setup", "/new-password"];

/**
 * inProject("19ac", "/rank?reopen=1") → "/p/19ac/rank?reopen=1"; what is the installation's, or leads elsewhere, stays.
 * @param project the id; null: the visitor is in none
 */
export function inProject(project: string | null, path: string): string {
  if (project === null || !path.startsWith("/") || path.startsWith("/p/") || path.startsWith("/api/")) return path;
  if (ofInstallation.some((one) => path === one || path.startsWith(`${one}/`))) return path;
  return path === "/" ? `/p/${project}` : `/p/${project}${path}`;
}

/** projectIn("/p/19ac/rank") → "19ac"; null outside of projects */
export const projectIn = (pathname: string): string | null => /^\/p\/([^/?#]+)/.exec(pathname)?.[1] ?? null;

/** The cookie with the id of the project a person was in last. */
export const lastProjectCookie = "rankloop-project";

/** Only paths of this site: an address from outside must not send a person elsewhere after signing in. */
export function safeTarget(next: string | null | undefined): string {
  if (!next?.startsWith("/") || next.startsWith("//") || /[\\\p{Cc}]/u.test(next)) return "/";
  return next;
}

/** The sign-in page that leads back to `target`. */
export function signInPath(target: string): string {
  return target === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(target)}`;
}

/** In the browser: a whole page load, so that nothing of the earlier session stays in memory. */
export function goToSignIn(): void {
  if (window.location.pathname === "/sign-in") return;
  window.location.assign(signInPath(window.location.pathname + window.location.search));
}
