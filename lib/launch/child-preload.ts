// Loaded into every child of the launcher (`node --import`): a child has its priority from its first moment on, outlives
// its launcher only to finish the work under way, and never fails because nobody reads its output.
import "./quick-start.mjs";
import { spawnSync } from "node:child_process";
import { setPriority } from "node:os";

// The child sets it itself and this early: on Linux each thread has its own priority, inherited from the thread that made it.
if (process.env.RANKLOOP_NICENESS) {
  setPriority(Number(process.env.RANKLOOP_NICENESS));
  // Linux's idle class yields the processor at once, a nice process only after a while: half the time to the next assignment (20 clients,
  // both workers busy: median 19 → 9 ms). Where there is no chrt, niceness has to do.
  if (process.platform === "linux") {
    spawnSync("chrt", ["--idle", "--pid", "0", String(process.pid)], { stdio: "ignore" });
  }
}

// The launcher's end of the channel closes with the launcher, however that ended: SIGKILL too.
process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
process.channel?.unref();
// Set for a child whose work may be cut off; a worker without it ends by itself after its step.
const graceMs = Number(process.env.RANKLOOP_GRACE_MS);
if (graceMs) process.on("SIGTERM", () => setTimeout(() => process.exit(0), graceMs).unref());
// Ctrl-C reaches the whole process group; the launcher hears it too and stops its children in order.
process.on("SIGINT", () => {});
// An error of stdout without a listener would end the process, which would log that, and so on.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
