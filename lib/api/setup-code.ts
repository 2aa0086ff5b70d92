// Setting Rankloop up: whether it is still to be done, and the code that somebody at another machine needs for it, which is
// printed in the terminal of the one who started Rankloop.
import { createHash, randomInt, timingSafeEqual } from "node:crypto";
import { openDatabase } from "../../db/client.ts";
import { setupNeeded } from "../project/accounts.ts";
import { DomainError } from "../vocabulary/domain-error.ts";
import { isAtTheMachine } from "./peer.ts";

/** Without those that are taken for each other. */
const characters = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

/** 12 characters of 30, which are 58 bits: "7KQM-X2WD-9FTA". */
export const makeSetupCode = (): string =>
  Array.from({ length: 3 }, () =>
    Array.from({ length: 4 }, () => characters[randomInt(characters.length)]).join(""),
  ).join("-");

/** Must the one who asks give the code? */
export const asksSetupCode = (headers: Headers): boolean => !isAtTheMachine(headers);

/**
 * Lets pass whoever sits at the machine, and whoever knows the code in RANKLOOP_SETUP_CODE, however it is spelled.
 * @throws DomainError FORBIDDEN
 */
export function checkSetupCode(headers: Headers, given = "", code = process.env.RANKLOOP_SETUP_CODE ?? ""): void {
  if (!asksSetupCode(headers)) return;
  // Of hashes, which are as long as each other.
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
