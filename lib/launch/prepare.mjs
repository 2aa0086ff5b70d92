// Run by npm before start, test and the other scripts: brings a fresh clone to where the script itself can run.
// Dependency-free and plain JavaScript: it runs on whatever Node the machine has (18 and newer), before the packages,
// and with them the project's own Node 24, are there. Says nothing when there is nothing to do.
//
//   node lib/launch/prepare.mjs install | start | test | build
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { browserPackages, findBrowser } from "./browser.mjs";
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
for (const step of steps) step();

/** `npm install` when the lock file is not the one last installed. */
function install() {
  const wanted = () => hash([join(root, "package-lock.json")], `${process.platform} ${process.arch}`);
  if (isStamped(installStamp, wanted())) return;
  locked(() => {
    if (isStamped(installStamp, wanted())) return;
    say("Installing packages …");
    rmSync(installStamp, { force: true });
    // Not `npm ci`: it refuses the lock file where a mirror lacks a foreign platform's optional package.
    npm("install", "--no-save", "--no-audit", "--no-fund", "--include=dev", "--include=optional", "--loglevel=error");
    checkNode();
    writeFileSync(installStamp, wanted());
  });
}

/** npm puts node_modules/.bin first in PATH, so the script after this one runs on the Node found here. */
function checkNode() {
  const own = join(modules, ".bin", process.platform === "win32" ? "node.cmd" : "node");
  const brought = existsSync(own);
  const version = brought ? run(own, ["--version"], { quiet: true }).stdout : process.version;
  if (Number(version.replace(/^v/, "").split(".")[0]) >= wantedMajor) return;
  stop(
    brought
      ? `The Node ${wantedMajor} package for ${process.platform}-${process.arch} does not run here: Rankloop needs Linux with glibc, macOS or Windows.`
      : `There is no Node ${wantedMajor} package for ${process.platform}-${process.arch}, and this is Node ${process.versions.node}: install Node ${wantedMajor} or newer yourself, then try again.`,
  );
}

/** `next build` when a file that goes into it is not as it was at the last one. */
function build() {
  const wanted = () => hash(sources());
  if (isStamped(buildStamp, wanted())) return;
  locked(() => {
    const now = wanted();
    if (isStamped(buildStamp, now)) return;
    say("Building the pages …");
    rmSync(buildStamp, { force: true });
    const node = existsSync(join(modules, ".bin", "node")) ? join(modules, ".bin", "node") : process.execPath;
    run(node, [join(modules, "next", "dist", "bin", "next"), "build"], { NEXT_TELEMETRY_DISABLED: "1" });
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
function browser() {
  if (findBrowser()) return;
  const named = process.env.RANKLOOP_CHROMIUM;
  if (named) stop(`RANKLOOP_CHROMIUM names ${named}, which is no program here.`);
  const byHand = `apt-get install --no-install-recommends ${browserPackages.join(" ")}`;
  if (process.getuid?.() !== 0 || spawnSync("apt-get", ["--version"]).status !== 0) {
    stop(
      `The end-to-end tests need Chromium or Chrome: install one (Debian: sudo ${byHand}) or name it in RANKLOOP_CHROMIUM.`,
    );
  }
  locked(() => {
    if (findBrowser()) return;
    say("Installing Chromium …");
    const quietly = { DEBIAN_FRONTEND: "noninteractive" };
    run("apt-get", ["update", "-q"], quietly);
    run("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...browserPackages], quietly);
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

/** One installer or builder at a time: a second `npm start` or `npm test` beside the first waits for it. */
function locked(work) {
  const lock = join(tmpdir(), `rankloop-prepare-${createHash("sha256").update(root).digest("hex").slice(0, 12)}`);
  for (let waited = 0; ; waited++) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (!isHeld(lock)) rmSync(lock, { recursive: true, force: true });
    else if (waited === 0) say("Waiting for another install or build of this folder …");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  writeFileSync(join(lock, "pid"), String(process.pid));
  const release = () => rmSync(lock, { recursive: true, force: true });
  process.once("exit", release);
  work();
  process.removeListener("exit", release);
  release();
}

function isHeld(lock) {
  // The holder writes its pid just after making the folder: give it a moment before calling the lock abandoned.
  for (let tries = 0; tries < 10 && !existsSync(join(lock, "pid")); tries++) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  }
  try {
    process.kill(Number(readFileSync(join(lock, "pid"), "utf8")), 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function npm(...args) {
  const quiet = { ONNXRUNTIME_NODE_INSTALL: "skip" };
  const cli = process.env.npm_execpath;
  if (cli?.endsWith("npm-cli.js")) run(process.execPath, [cli, ...args], quiet);
  else run("npm", args, quiet);
}

/** Runs a program to its end; its output is shown only if it fails, and then this process ends with it. */
function run(program, args, { quiet = false, ...env } = {}) {
  const done = spawnSync(program, args, {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 1 << 28,
    shell: process.platform === "win32" && program.endsWith("npm"),
  });
  if (done.status === 0 || quiet) return { stdout: done.stdout ?? "" };
  process.stderr.write(`${done.stdout ?? ""}${done.stderr ?? ""}`);
  stop(`\`${[program, ...args].join(" ")}\` failed${done.error ? `: ${done.error.message}` : ""}.`);
}

/** Progress goes to stderr: stdout belongs to the script that follows. */
function say(sentence) {
  process.stderr.write(`${sentence}\n`);
}

function stop(sentence) {
  say(sentence);
  process.exit(1);
}
