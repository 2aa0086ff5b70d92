// Long work on one thread: the database driver and `session.run` block it and resolve without leaving it,
// so between two pages or steps whatever else waits needs a turn.
import { setImmediate as immediately } from "node:timers/promises";

/** Lets requests, heartbeats, signals and aborts through. */
export const turn = (): Promise<void> => immediately();
