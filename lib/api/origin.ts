// The host names this server answers to, and the origins of pages that may act on it. A page of another site must not act through a
// visitor's browser, neither by its own name nor by one that it lets point at this machine (DNS rebinding).
import { isIPv4 } from "node:net";

export class OuterAddressError extends Error {
  override name = "OuterAddressError";
}

/**
 * The address people open where a proxy stands before Rankloop, from RANKLOOP_URL: "https://rank.example.org".
 * null: there is none, and they open the one that is printed.
 * @throws OuterAddressError with one sentence
 */
export function outerAddress(setting = process.env.RANKLOOP_URL ?? ""): URL | null {
  if (setting === "") return null;
  const url = URL.parse(setting);
  if ((url?.protocol === "https:" || url?.protocol === "http:") && url.href === `${url.origin}/`) return url;
  throw new OuterAddressError(
    `RANKLOOP_URL is "${setting}": give the address people open, without a path, e.g. https://rank.example.org.`,
  );
}

/** Is the outer address one with TLS? Cookies are then for TLS alone, and browsers are told to come no other way. */
export const isBehindTls = (): boolean => outerAddress()?.protocol === "https:";

/** The name in a Host header: hostNameOf("[::1]:3000") → "[::1]"; null for what is no host. */
function hostNameOf(host: string | null): string | null {
  if (host === null || !/^[\w.:[\]-]+$/.test(host)) return null;
  return URL.parse(`http://${host}`)?.hostname ?? null;
}

/** Does this Host header name the machine itself, so that no other machine's page can be behind it? */
export function isLoopbackHost(host: string | null): boolean {
  const name = hostNameOf(host);
  return name === "localhost" || name === "[::1]" || (name !== null && isIPv4(name) && name.startsWith("127."));
}

/**
 * Is this a name the server goes by: of this machine, the address it listens on, the one the visitor's connection came
 * in at, or the outer one? Ports are not compared, because a tunnel may have its own.
 * @param own addresses or names besides, as in a socket's `localAddress`
 */
export function isKnownHost(host: string | null, own: readonly (string | undefined)[]): boolean {
  const name = hostNameOf(host);
  if (name === null) return false;
  if (isLoopbackHost(host) || name === outerAddress()?.hostname) return true;
  return own.some((one) => one !== undefined && hostNameOf(bracketed(one)) === name);
}

/** "::ffff:10.0.0.1" → "10.0.0.1", "fe80::1" → "[fe80::1]" */
function bracketed(address: string): string {
  const inner = address.replace(/^::ffff:(?=\d+\.)/i, "");
  return inner.includes(":") ? `[${inner}]` : inner;
}

/** The origins a browser may name for a request to this server: the outer one, and the host the request was sent to. */
export function ownOrigins(headers: Headers): string[] {
  const outer = outerAddress();
  const host = headers.get("host");
  const origins = outer ? [outer.origin] : [];
  if (host !== null && hostNameOf(host) !== outer?.hostname) origins.push(`http://${host}`, `https://${host}`);
  return origins;
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
