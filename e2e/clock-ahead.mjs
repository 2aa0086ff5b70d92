// Loaded into every process of a launcher (NODE_OPTIONS=--import): its clock stands CHAOS_CLOCK_AHEAD_MS ahead.
import process from "node:process";

const aheadMs = Number(process.env.CHAOS_CLOCK_AHEAD_MS);
const TrueDate = Date;

globalThis.Date = class extends TrueDate {
  constructor(...given) {
    super(...(given.length > 0 ? given : [TrueDate.now() + aheadMs]));
  }
  static now() {
    return TrueDate.now() + aheadMs;
  }
};
