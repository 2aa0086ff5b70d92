// One process at a time for one folder: a lock file that names its holder, and is taken over when the holder is gone.
// Plain JavaScript, without packages: prepare.mjs needs it before any are there.
import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import process from "node:process";

/**
 * Takes the lock, or returns the living process that has it.
 * Of several that come at the same moment exactly one gets it: the file appears by `link`, whole or not at all.
 */
export function takeLock(file) {
  mkdirSync(dirname(file), { recursive: true });
  const mine = { pid: process.pid, started: startOf(process.pid), address: null };
  const own = `${file}.${process.pid}`;
  for (;;) {
    writeFileSync(own, JSON.stringify(mine));
    try {
      linkSync(own, file);
      rmSync(own);
      return held(file, mine);
    } catch (error) {
      rmSync(own, { force: true });
      if (error.code !== "EEXIST") throw error;
    }
    const holder = read(file);
    if (holder && isAlive(holder)) return holder;
    remove(file, holder);
  }
}

export function isLock(taken) {
  return "release" in taken;
}

/** Whether the process that wrote this is still the one with that pid. */
export function isAlive(holder) {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (error.code === "ESRCH") return false;
  }
  return startOf(holder.pid) === holder.started;
}

function held(file, mine) {
  return {
    tell(address) {
      mine.address = address;
      const next = `${file}.${process.pid}`;
      try {
        writeFileSync(next, JSON.stringify(mine));
        renameSync(next, file);
      } catch {
        // On a full disk the lock stays as it is, without the address.
        rmSync(next, { force: true });
      }
    },
    release() {
      if (read(file)?.pid === process.pid) rmSync(file, { force: true });
    },
  };
}

/** Takes an abandoned lock away: by rename, so that of two who judged it abandoned only one removes it. */
function remove(file, judged) {
  const aside = `${file}.stale-${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (error.code === "ENOENT") return;
    throw error;
  }
  const found = read(aside);
  // A faster one had already replaced it by its own between our look and our rename: give that one back.
  if (found && found.started !== judged?.started && isAlive(found)) linkSync(aside, file);
  rmSync(aside);
}

function read(file) {
  try {
    const value = JSON.parse(readFileSync(file, "utf8"));
    return isHolder(value) ? value : null;
  } catch {
    return null;
  }
}

function isHolder(value) {
  return typeof value === "object" && value !== null && "pid" in value && "started" in value && "address" in value;
}

/** Boot and start time of a process; "" where the platform does not tell, and then the pid alone decides. */
function startOf(pid) {
  try {
    if (process.platform === "linux") {
      const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // The program's name may hold spaces and brackets: fields count from behind its last bracket; the 20th is the start.
      return `${boot} ${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]}`;
    }
    if (process.platform === "win32") return "";
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return "";
  }
}
