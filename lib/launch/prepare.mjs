// Run by npm before start, test and the other scripts: brings a fresh clone to where the script itself can run.
// Dependency-free and plain JavaScript: it runs on whatever Node the machine has (18 and newer), before the packages,
// and with them the project's own Node 24, are there. Says nothing when there is nothing to do.
//
//   node lib/launch/prepare.mjs install | start | test | build
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { browserPackages, findBrowser } from "./browser.mjs";
import { differences } from "./installed.mjs";
import { isLock, takeLock } from "./lock.mjs";
import { pageWeights, weightReport } from "./page-weight.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const modules = join(root, "node_modules");
const installStamp = join(modules, ".rankloop-install");
const buildStamp = join(root, ".next", "rankloop-build");
const wantedMajor = 24;

/** What each mode needs, in order. `test` leaves the build to validate.ts, which runs it beside other steps. */
const modes = {
  install: [install],
  start: [install, build],
  test: [install, browser],
  build: [build, weigh],
};

const steps = modes[process.argv[2] ?? ""];
if (!steps) stop(`prepare.mjs takes one of: ${Object.keys(modes).join(", ")}.`);
if (Number(process.versions.node.split(".")[0]) < 18) {
  stop(`Node ${process.versions.node} is too old to set Rankloop up: Node 18 or newer starts it.`);
}
process.chdir(root);
for (const step of steps) await step();

/** Installs anew, as `npm ci` does, when the lock file is not the one last installed. */
async function install() {
  const wanted = () => hash([join(root, "package-lock.json")], `${process.platform} ${process.arch}`);
  if (isStamped(installStamp, wanted())) return;
  await locked(async () => {
    if (isStamped(installStamp, wanted())) return;
    await showing("Installing packages …", async () => {
      rmSync(installStamp, { force: true });
      // Of an install that was killed some packages are half there, and npm takes those for whole.
      empty(modules);
      // Not `npm ci`: it refuses the lock file where a mirror lacks a foreign platform's optional package.
      await npm(
        ...["install", "--no-save", "--no-audit", "--no-fund"],
        ...["--include=dev", "--include=optional", "--loglevel=error"],
      );
    });
    await checkNode();
    const different = differences(root);
    if (different.length > 0) {
      const some = different.slice(0, 3).join(", ");
      stop(`What was installed is not what package-lock.json says: ${some}${different.length > 3 ? ", …" : ""}.`);
    }
    writeFileSync(installStamp, wanted());
  });
}

/** npm puts node_modules/.bin first in PATH, so the script after this one runs on the Node found here. */
async function checkNode() {
  const own = join(modules, ".bin", process.platform === "win32" ? "node.cmd" : "node");
  const brought = existsSync(own);
  const version = brought ? (await run(own, ["--version"], { quiet: true })).stdout : process.version;
  if (Number(version.replace(/^v/, "").split(".")[0]) >= wantedMajor) return;
  stop(
    brought
      ? `The Node ${wantedMajor} package for ${process.platform}-${process.arch} does not run here: Rankloop needs Linux with glibc, macOS or Windows.`
      : `There is no Node ${wantedMajor} package for ${process.platform}-${process.arch}, and this is Node ${process.versions.node}: install Node ${wantedMajor} or newer yourself, then try again.`,
  );
}

/** `next build` when a file that goes into it is not as it was at the last one. */
async function build() {
  const wanted = () => hash(sources());
  if (isStamped(buildStamp, wanted())) return;
  await locked(async () => {
    const now = wanted();
    if (isStamped(buildStamp, now)) return;
    rmSync(buildStamp, { force: true });
    const node = existsSync(join(modules, ".bin", "node")) ? join(modules, ".bin", "node") : process.execPath;
    const next = [join(modules, "next", "dist", "bin", "next"), "build"];
    await showing("Building the pages …", () => run(node, next, { NEXT_TELEMETRY_DISABLED: "1" }));
    writeFileSync(buildStamp, now);
  });
}

/** What each page loads, for people to see; the ranking page must stay light. */
function weigh() {
  const { lines, problem } = weightReport(pageWeights(root));
  for (const line of lines) process.stdout.write(`${line}\n`);
  if (problem) stop(problem);
}

/** Debian's Chromium where no browser is found and this user may install one. */
async function browser() {
  if (findBrowser()) return;
  const named = process.env.RANKLOOP_CHROMIUM;
  if (named) stop(`RANKLOOP_CHROMIUM names ${named}, which is no program here.`);
  const byHand = `apt-get install --no-install-recommends ${browserPackages.join(" ")}`;
  if (process.getuid?.() !== 0 || spawnSync("apt-get", ["--version"]).status !== 0) {
    stop(
      `The end-to-end tests need Chromium or Chrome: install one (Debian: sudo ${byHand}) or name it in RANKLOOP_CHROMIUM.`,
    );
  }
  await locked(async () => {
    if (findBrowser()) return;
    const quietly = { DEBIAN_FRONTEND: "noninteractive" };
    await showing("Installing Chromium …", async () => {
      await run("apt-get", ["update", "-q"], quietly);
      await run("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...browserPackages], quietly);
    });
    if (!findBrowser()) stop(`Chromium was installed but is not in PATH: name it in RANKLOOP_CHROMIUM.`);
  });
}

/** Every file that `next build` may read, tests and model weights left out. */
function sources() {
  const files = readdirSync(root).filter((name) => /^(next|postcss|tsconfig|package-lock)\S*\.(mjs|json)$/.test(name));
  const walk = (dir) => {
    for (const entry of readdirSync(dir, { withFileTypes: true })) {
      const path = join(dir, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (!/\.test\.tsx?$/.test(entry.name)) files.push(relative(root, path));
    }
  };
  for (const room of ["app", "lib", "db"]) walk(join(root, room));
  for (const entry of readdirSync(join(root, "models"), { withFileTypes: true })) {
    if (entry.isDirectory() && entry.name !== "zoo") walk(join(root, "models", entry.name));
  }
  return files.sort().map((file) => join(root, file));
}

function hash(files, ...also) {
  const sum = createHash("sha256");
  for (const file of files) {
    const bytes = readFileSync(file);
    sum.update(`${relative(root, file)} ${bytes.length}\n`).update(bytes);
  }
  return sum.update(also.join(" ")).digest("hex");
}

function isStamped(stamp, wanted) {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
}

/**
 * One installer or builder at a time: a second `npm start` or `npm test` beside the first waits for it. The lock lies in the
 * project, where only those may write who may install, and not in a folder that is everybody's.
 */
async function locked(work) {
  for (let waited = 0; ; waited++) {
    const lock = takeLock(join(root, ".rankloop-prepare.lock"));
    if (!isLock(lock)) {
      if (waited === 0) say(`Waiting for another install or build of this folder (process ${lock.pid}) …`);
      await pause(200);
      continue;
    }
    process.once("exit", lock.release);
    await work();
    lock.release();
    return;
  }
}

/**
 * Takes away all that is in a folder, and not the folder: it may be a mount. What is in use stays for npm: this very Node,
 * which is the project's own where an earlier install has brought it and npm has put it first in PATH.
 */
function empty(folder) {
  if (!existsSync(folder)) return;
  const running = relative(folder, process.execPath).split(/[\\/]/)[0];
  for (const name of readdirSync(folder)) {
    if (name === running) continue;
    try {
      rmSync(join(folder, name), { recursive: true, force: true });
    } catch {
      // npm replaces it, or says why it cannot.
    }
  }
}

function npm(...args) {
  const quiet = { ONNXRUNTIME_NODE_INSTALL: "skip" };
  const cli = process.env.npm_execpath;
  return cli?.endsWith("npm-cli.js") ? run(process.execPath, [cli, ...args], quiet) : run("npm", args, quiet);
}

/** Runs a program to its end; its output is shown only if it fails, and then this process ends with it. */
function run(program, args, { quiet = false, ...env } = {}) {
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32" && program.endsWith("npm"),
  });
  let [stdout, output] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    output += text;
  });
  return new Promise((resolve) => {
    const fail = (why) => {
      if (quiet) return resolve({ stdout });
      process.stderr.write(`\n${output}`);
      stop(`\`${[program, ...args].join(" ")}\` failed${why}.`);
    };
    child.once("error", (error) => fail(`: ${error.message}`));
    child.once("close", (code) => (code === 0 ? resolve({ stdout }) : fail("")));
  });
}

/** A sign of life while `work` goes on: on a terminal the seconds so far in one line, elsewhere a line now and then. */
async function showing(sentence, work) {
  const terminal = process.stderr.isTTY;
  const startedAt = Date.now();
  const seconds = () => `${Math.round((Date.now() - startedAt) / 1_000)} s`;
  process.stderr.write(terminal ? sentence : `${sentence}\n`);
  const alive = setInterval(
    () => process.stderr.write(terminal ? `\r${sentence} ${seconds()}` : `  ${seconds()} …\n`),
    terminal ? 1_000 : 5_000,
  );
  await work();
  clearInterval(alive);
  if (terminal) process.stderr.write(`\r${sentence} ${seconds()}\n`);
}

/** Progress goes to stderr: stdout belongs to the script that follows. */
function say(sentence) {
  process.stderr.write(`${sentence}\n`);
}

function stop(sentence) {
  say(sentence);
  process.exit(1);
}
