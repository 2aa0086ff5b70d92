// Ways between the signed-out and the signed-in pages; the page a person wanted travels along as `next`.

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
