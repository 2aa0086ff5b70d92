// For the pages' server side, which has no database of its own: has anyone an account yet?
import { openDatabase } from "../../db/client.ts";
import { setupNeeded } from "../project/accounts.ts";

/** True until the first admin is made: every page then leads to the setup. */
export const isFirstVisit = (): Promise<boolean> => setupNeeded({ db: openDatabase(), actor: null });

/** Must whoever asks with these headers give the set-up code? */
export { asksSetupCode } from "./setup-code.ts";
