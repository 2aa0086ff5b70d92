// One launcher for one data directory: a lock file that names its holder, and is taken over when the holder is gone.
import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

export interface Holder {
  pid: number;
  /** What tells this process from a later one that got the same pid: boot and start time. */
  started: string;
  /** Where its pages are, once known. */
  address: string | null;
}

export interface Lock {
  /** Writes the address into the lock, so that a second launcher can say where the first one is. */
  tell(address: string): void;
  release(): void;
}

/**
 * Takes the lock, or returns the living process that has it.
 * Of several that come at the same moment exactly one gets it: the file appears by `link`, whole or not at all.
 */
export function takeLock(file: string): Lock | Holder {
  mkdirSync(dirname(file), { recursive: true });
  const mine: Holder = { pid: process.pid, started: startOf(process.pid), address: null };
  const own = `${file}.${process.pid}`;
  for (;;) {
    writeFileSync(own, JSON.stringify(mine));
    try {
      linkSync(own, file);
      rmSync(own);
      return held(file, mine);
    } catch (error) {
      rmSync(own, { force: true });
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = read(file);
    if (holder && isAlive(holder)) return holder;
    remove(file, holder);
  }
}

export function isLock(taken: Lock | Holder): taken is Lock {
  return "release" in taken;
}

/** Whether the process that wrote this is still the one with that pid. */
export function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  return startOf(holder.pid) === holder.started;
}

function held(file: string, mine: Holder): Lock {
  return {
    tell(address) {
      mine.address = address;
      const next = `${file}.${process.pid}`;
      writeFileSync(next, JSON.stringify(mine));
      renameSync(next, file);
    },
    release() {
      if (read(file)?.pid === process.pid) rmSync(file, { force: true });
    },
  };
}

/** Takes an abandoned lock away: by rename, so that of two who judged it abandoned only one removes it. */
function remove(file: string, judged: Holder | null): void {
  const aside = `${file}.stale-${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const found = read(aside);
  // A faster one had already replaced it by its own between our look and our rename: give that one back.
  if (found && found.started !== judged?.started && isAlive(found)) linkSync(aside, file);
  rmSync(aside);
}

function read(file: string): Holder | null {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    return isHolder(value) ? value : null;
  } catch {
    return null;
  }
}

function isHolder(value: unknown): value is Holder {
  return typeof value === "object" && value !== null && "pid" in value && "started" in value && "address" in value;
}

/** Boot and start time of a process; "" where the platform does not tell, and then the pid alone decides. */
function startOf(pid: number): string {
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
