// The header Idempotency-Key: a request sent again under its key, because its answer was lost or a button was pressed twice, is
// not carried out twice. In a page repeats.ts draws the keys.
import { createHash } from "node:crypto";
import type { RequestKey } from "../../db/requests.ts";
import { DomainError } from "../vocabulary/domain-error.ts";

export const keyHeader = "idempotency-key";

/**
 * @param call what is asked for, e.g. ["comparisons", "create"]
 * @throws DomainError BAD_REQUEST for a key that is none
 */
export function requestKeyOf(
  headers: Headers,
  request: { actorId: string; call: readonly string[]; input: unknown },
): RequestKey | undefined {
  const key = headers.get(keyHeader);
  if (key === null) return undefined;
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw new DomainError("BAD_REQUEST", "An Idempotency-Key has 1 to 200 characters of ASCII, without spaces.");
  }
  const { actorId, call, input } = request;
  return {
    actorId,
    key,
    fingerprint: createHash("sha256")
      .update(written([call, input]))
      .digest("hex"),
  };
}

/** The value as JSON without its passwords and keys, which could be guessed from a plain hash. */
const written = (value: unknown): string =>
  JSON.stringify(value, (name, one: unknown) => (/password|apiKey/i.test(name) ? null : one));
