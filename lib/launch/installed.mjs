// Is what lies in node_modules what package-lock.json says? As `npm ci` would have it, which itself refuses a lock file
// whose packages for other platforms a mirror lacks. Plain JavaScript, as prepare.mjs is.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

/** What differs, one clause each: "zod is 4.6.6 and not 4.6.7". Empty when all is as it should be. @param {string} root */
export function differences(root) {
  const { packages } = json(join(root, "package-lock.json"));
  const wanted = json(join(root, "package.json"));
  const different = [];
  for (const kind of ["dependencies", "devDependencies", "optionalDependencies"]) {
    if (text(wanted[kind]) !== text(packages[""]?.[kind])) different.push(`package.json names other ${kind}`);
  }
  for (const [path, entry] of Object.entries(packages)) {
    if (path === "" || entry.link) continue;
    const found = versionIn(join(root, path));
    if (found === entry.version || (found === null && entry.optional && !isForHere(entry))) continue;
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    different.push(found === null ? `${name} is missing` : `${name} is ${found} and not ${entry.version}`);
  }
  return different;
}

/** Names this platform. What an optional package of another platform needs names none, and may be missing with it. */
function isForHere({ os, cpu, libc }) {
  if (!os && !cpu) return false;
  return fits(os, process.platform) && fits(cpu, process.arch) && fits(libc, libcHere());
}

/** fits(["!win32"], "linux") → true */
function fits(one, here) {
  const list = one && [one].flat();
  if (!list || here === null) return true;
  if (list.includes(`!${here}`)) return false;
  return list.includes(here) || list.every((one) => one.startsWith("!"));
}

function libcHere() {
  if (process.platform !== "linux") return null;
  return process.report.getReport().header.glibcVersionRuntime ? "glibc" : "musl";
}

function versionIn(directory) {
  try {
    return json(join(directory, "package.json")).version ?? null;
  } catch {
    return null;
  }
}

const json = (file) => JSON.parse(readFileSync(file, "utf8"));
const text = (dependencies = {}) => JSON.stringify(Object.entries(dependencies).sort());
