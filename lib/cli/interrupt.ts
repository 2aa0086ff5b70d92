// Ctrl-C: the first asks the command to stop in order, the second ends it at once.

export class Interrupted extends Error {
  override name = "Interrupted";
}

/** Aborts at SIGINT or SIGTERM. */
export function interruptSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(130);
      stop.abort(new Interrupted("Stopped."));
    });
  }
  return stop.signal;
}
