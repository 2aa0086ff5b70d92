// session.run holds the thread: work made of many runs lets others have their turn in between.

/** Let timers, streams and signals have their turn. @throws the signal's reason when it has aborted. */
export async function turn(signal?: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}
