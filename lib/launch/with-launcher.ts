// Loaded into every child of the launcher (`node --import`): a child has its priority from its first moment on,
// never outlives its launcher, and never hangs on its way out.
import { setPriority } from "node:os";

/** How long a child may take to finish what it is doing after SIGTERM: open event streams would keep Next's server forever. */
const graceMs = 2_000;

// By itself and this early: on Linux each thread has its own, and threads made later take it from the one that makes them.
if (process.env.RANKLOOP_NICENESS) setPriority(Number(process.env.RANKLOOP_NICENESS));

// The launcher's end of the channel closes with the launcher, however that ended: SIGKILL too.
process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
process.channel?.unref();
process.on("SIGTERM", () => setTimeout(() => process.exit(0), graceMs).unref());
// Ctrl-C reaches the whole process group; the launcher hears it too and stops its children in order.
process.on("SIGINT", () => {});
