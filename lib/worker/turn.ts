// `session.run` blocks its thread and resolves without leaving it: between two steps timers and signals need a turn.
import { setImmediate as immediately } from "node:timers/promises";

/** Lets heartbeats, signals and aborts through. */
export const turn = (): Promise<void> => immediately();
