// Setting Rankloop up: whether it is still to be done, and the code that somebody at another machine needs for it, which is
// printed in the terminal of the one who started Rankloop.
import { createHash, randomInt, timingSafeEqual } from "node:crypto";
import { openDatabase } from "../../db/client.ts";
import { setupNeeded } from "../project/accounts.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { isAtTheMachine } from "./peer.ts";

/** The characters of a code, without those that look alike. */
const characters = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

/** 12 characters of 30, which are 58 bits: "7KQM-X2WD-9FTA". */
export const makeSetupCode = (): string =>
  Array.from({ length: 3 }, () =>
    Array.from({ length: 4 }, () => characters[randomInt(characters.length)]).join(""),
  ).join("-");

/** Does this request need the set-up code? */
export const asksSetupCode = (headers: Headers): boolean => !isAtTheMachine(headers);

/**
 * Accepts a request from this machine, or one with the code in RANKLOOP_SETUP_CODE, in whatever spelling.
 * @throws DomainError FORBIDDEN
 */
export function checkSetupCode(headers: Headers, given = "", code = process.env.RANKLOOP_SETUP_CODE ?? ""): void {
  if (!asksSetupCode(headers)) return;
  // Compared as hashes, which have the same length.
  if (code !== "" && timingSafeEqual(hashOf(given), hashOf(code))) return;
  const wrong = given === "" ? "Give the set-up code" : "This is not the set-up code. Give the one";
  throw new DomainError("FORBIDDEN", `${wrong} that was printed in the terminal when Rankloop started.`);
}

const hashOf = (code: string): Buffer =>
  createHash("sha256")
    .update(code.toUpperCase().replace(/[^A-Z0-9]/g, ""))
    .digest();

/** True until the first admin is made: every page then leads to the setup. */
export const isFirstVisit = (): Promise<boolean> => setupNeeded({ db: openDatabase(), actor: null });
