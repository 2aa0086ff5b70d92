// The server's end as a signal: open event streams must end, or closing the server would wait for them for ever.

const key = Symbol.for("rankloop.stopping");
const shared = globalThis as typeof globalThis & { [key]?: AbortController };

function controller(): AbortController {
  const known = shared[key];
  if (known) return known;
  const made = new AbortController();
  shared[key] = made;
  // Next has its own listeners, which close the server; these only let go of the streams.
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => made.abort());
  return made;
}

/** Fires once when the process is told to stop. */
export const stopping = (): AbortSignal => controller().signal;
