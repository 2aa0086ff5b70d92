// The session token a request carries. better-auth's own look-up costs more than a millisecond of every request; this
// reads the same cookie (name, signature) and the same bearer header as better-auth 1.7 and its bearer plugin.
import { createHmac, timingSafeEqual } from "node:crypto";

const cookieNames = ["better-auth.session_token", "__Secure-better-auth.session_token"];

/** The token of the session cookie or of the bearer header; null where there is none or its signature is not ours. */
export function sessionToken(headers: Headers, secret: string): string | null {
  const bearer = bearerOf(headers);
  // A bare token is nobody's: to read one is not enough, it takes the server's signature.
  if (bearer) return verified(decoded(bearer), secret);
  for (const pair of (headers.get("cookie") ?? "").split(";")) {
    const [name, value] = splitOnce(pair.trim());
    if (cookieNames.includes(name)) return verified(decoded(value), secret);
  }
  return null;
}

/** bearerOf reads what a program sends as its bearer token or API key; "" where it sends none. */
export const bearerOf = (headers: Headers): string =>
  /^bearer (.+)$/i.exec(headers.get("authorization") ?? "")?.[1]?.trim() ?? "";

function splitOnce(pair: string): [name: string, value: string] {
  const at = pair.indexOf("=");
  return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** "token.signature" → the token, when the signature is HMAC-SHA256 of it in base64. */
function verified(signed: string, secret: string): string | null {
  const at = signed.lastIndexOf(".");
  if (at < 1) return null;
  const token = signed.slice(0, at);
  const given = Buffer.from(signed.slice(at + 1), "base64");
  const expected = createHmac("sha256", secret).update(token).digest();
  return given.length === expected.length && timingSafeEqual(given, expected) ? token : null;
}
