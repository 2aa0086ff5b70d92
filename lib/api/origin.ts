// Same-origin check: a page of another site must not act through a visitor's browser.

/** The origins a browser may name for a request to this server: its own host, with or without TLS in front of it. */
export function ownOrigins(headers: Headers): string[] {
  const hosts = [headers.get("host"), headers.get("x-forwarded-host")].filter((host) => host !== null);
  return hosts.flatMap((host) => [`http://${host}`, `https://${host}`]);
}

/**
 * Reading is free; whatever may change something must come from a page of this server, or from no page at all
 * (a program sends no Origin). SameSite cookies keep sessions out already; this also covers the setup, which needs none.
 */
export function comesFromOwnPage(request: Request): boolean {
  if (request.method === "GET" || request.method === "HEAD") return true;
  const origin = request.headers.get("origin");
  return origin === null || ownOrigins(request.headers).includes(origin);
}
