// The preparation of a clone, on a small project of its own with an npm and a Next that only write down their calls.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  constants,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

let root: string;
let calls: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "rankloop-prepare-"));
  calls = join(root, "calls");
  for (const file of ["prepare.mjs", "browser.mjs", "page-weight.mjs", "installed.mjs", "lock.mjs"])
    cpSync(join(import.meta.dirname, file), join(root, "lib", "launch", file));
  for (const room of ["app", "db", "models/gpt", "models/zoo"]) mkdirSync(join(root, room), { recursive: true });
  write("package.json", JSON.stringify({ dependencies: { zod: "^4.0.0" } }));
  lockFile("4.6.7");
  write("tsconfig.json", "{}");
  write("app/page.tsx", "first");
  // npm "installs" a Node (this one) and a Next that writes down each build.
  write(
    "npm-cli.js",
    `const fs = require("node:fs");
     fs.appendFileSync("calls", process.argv.slice(2, 4).join(" ") + " " + process.env.ONNXRUNTIME_NODE_INSTALL + "\\n");
     if (fs.existsSync("broken")) { console.error("npm says why"); process.exit(1); }
     fs.mkdirSync("node_modules/.bin", { recursive: true });
     fs.mkdirSync("node_modules/next/dist/bin", { recursive: true });
     fs.cpSync("mirror", "node_modules", { recursive: true, force: false });
     if (fs.existsSync("slow")) { fs.writeFileSync("begun", ""); while (fs.existsSync("slow")) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20); }
     if (!fs.existsSync("node_modules/.bin/node")) fs.symlinkSync(fs.existsSync("other-node") ? fs.realpathSync("other-node") : ${JSON.stringify(process.execPath)}, "node_modules/.bin/node");
     fs.writeFileSync("node_modules/next/dist/bin/next", 'const fs = require("fs"); fs.mkdirSync(".next", { recursive: true }); fs.appendFileSync("calls", "next " + process.argv[2] + "\\\\n")');`,
  );
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(file: string, content: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), content);
}

/** What the lock file says of zod, and that two more are for another platform; the mirror has zod and none of those. */
function lockFile(version: string): void {
  const elsewhere = { version: "1.0.0", optional: true };
  const packages = {
    "": { dependencies: { zod: "^4.0.0" } },
    "node_modules/zod": { version },
    "node_modules/native-elsewhere": { ...elsewhere, os: ["plan9"], cpu: ["x64"] },
    "node_modules/needed-elsewhere": elsewhere,
  };
  write("package-lock.json", JSON.stringify({ packages }));
  write("mirror/zod/package.json", JSON.stringify({ version }));
}

function prepare(
  mode: string,
  env: Record<string, string> = {},
): { code: number | null; said: string; called: string[] } {
  rmSync(calls, { force: true });
  const { status, stderr, stdout } = spawnSync(process.execPath, [join(root, "lib", "launch", "prepare.mjs"), mode], {
    encoding: "utf8",
    env: { ...process.env, npm_execpath: join(root, "npm-cli.js"), ...env },
  });
  expect(stdout).toBe("");
  const called = existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [];
  return { code: status, said: stderr, called };
}

test("installs and builds a fresh clone once, then says and does nothing", () => {
  const first = prepare("start");
  expect(first).toEqual({
    code: 0,
    said: "Installing packages …\nBuilding the pages …\n",
    called: ["install --no-save skip", "next build"],
  });
  expect(prepare("start")).toEqual({ code: 0, said: "", called: [] });
});

test("installs again when the lock file changed, builds again when a source did, not for tests or weights", () => {
  prepare("start");
  write("app/page.test.tsx", "a test");
  write("models/zoo/small/model.safetensors", "weights");
  expect(prepare("start").called).toEqual([]);
  write("app/page.tsx", "second");
  expect(prepare("start").called).toEqual(["next build"]);
  lockFile("4.6.8");
  expect(prepare("install").called).toEqual(["install --no-save skip"]);
});

test("what is installed is what the lock file says: nothing else, and nothing that a killed install left", () => {
  // Half there, as npm takes for whole; and a package that nobody asks for any more.
  write("node_modules/zod/package.json", JSON.stringify({ version: "4.6.7" }));
  write("node_modules/zod/half.js", "export const z =");
  write("node_modules/gone/package.json", JSON.stringify({ version: "1.0.0" }));
  expect(prepare("install").code).toBe(0);
  expect(["zod/half.js", "gone"].filter((left) => existsSync(join(root, "node_modules", left)))).toEqual([]);

  lockFile("4.6.9");
  write("mirror/zod/package.json", JSON.stringify({ version: "4.7.0" }));
  const other = prepare("install");
  expect(other.code).toBe(1);
  expect(other.said).toMatch(/What was installed is not what package-lock.json says: zod is 4.7.0 and not 4.6.9\.\n$/);
  // It is looked at again the next time.
  expect(prepare("install").code).toBe(1);

  lockFile("4.6.9");
  rmSync(join(root, "mirror", "zod"), { recursive: true });
  expect(prepare("install").said).toMatch(/package-lock.json says: zod is missing\.\n$/);

  lockFile("4.6.9");
  write("package.json", JSON.stringify({ dependencies: { zod: "^5.0.0" } }));
  expect(prepare("install").said).toMatch(/package-lock.json says: package.json names other dependencies\.\n$/);
});

test("the Node that an earlier install has brought, and that runs this, is there to the end", () => {
  const own = join(root, "node_modules", "node-here", "bin", "node");
  write("node_modules/gone/package.json", JSON.stringify({ version: "1.0.0" }));
  mkdirSync(dirname(own), { recursive: true });
  copyFileSync(process.execPath, own, constants.COPYFILE_FICLONE);
  const env = { ...process.env, npm_execpath: join(root, "npm-cli.js") };
  const { status, stderr } = spawnSync(own, [join(root, "lib", "launch", "prepare.mjs"), "install"], { env });
  expect([status, String(stderr)]).toEqual([0, "Installing packages …\n"]);
  expect(["node-here", "gone"].map((name) => existsSync(join(root, "node_modules", name)))).toEqual([true, false]);
});

test("a package of this platform that was not installed is missed", () => {
  const native = { version: "1.0.0", optional: true, os: [process.platform], cpu: [process.arch] };
  const packages = { "": { dependencies: { zod: "^4.0.0" } }, "node_modules/native-here": native };
  write("package-lock.json", JSON.stringify({ packages }));
  expect(prepare("install").said).toMatch(/package-lock.json says: native-here is missing\.\n$/);
});

test("npm has nothing to say of the project's own settings: the first line is Rankloop's", () => {
  // Without what the npm that runs this test was told, such as to be silent.
  const env = { ...process.env };
  for (const name of Object.keys(env)) if (name.startsWith("npm_")) delete env[name];
  const cwd = join(import.meta.dirname, "..", "..");
  const { status, stderr } = spawnSync("npm", ["run"], { cwd, env, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
});

test("a long install gives signs of life", async () => {
  write("slow", "");
  const env = { ...process.env, npm_execpath: join(root, "npm-cli.js") };
  const child = spawn(process.execPath, [join(root, "lib", "launch", "prepare.mjs"), "install"], { env });
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
    if (/\d s …\n.*\d s …\n/s.test(said)) rmSync(join(root, "slow"), { force: true });
  });
  expect(await once(child, "exit")).toEqual([0, null]);
  expect(said).toMatch(/^Installing packages …\n {2}\d+ s …\n {2}\d+ s …\n/);
});

test("no lock lies where others may write, and one of a process that has gone holds nobody up", () => {
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith("rankloop-prepare-"));
  write(".rankloop-prepare.lock", JSON.stringify({ pid: process.pid, started: "an earlier boot 1", address: null }));
  expect(prepare("install")).toMatchObject({ code: 0, said: "Installing packages …\n" });
  expect(existsSync(join(root, ".rankloop-prepare.lock"))).toBe(false);
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith("rankloop-prepare-"))).toEqual(before);
});

test("an install that fails shows npm's words and is tried again the next time", () => {
  write("broken", "");
  const failed = prepare("start");
  expect(failed.code).toBe(1);
  expect(failed.said).toContain("npm says why");
  rmSync(join(root, "broken"));
  expect(prepare("start").code).toBe(0);
});

test("a platform whose Node package does not run is refused with one sentence", () => {
  const other = join(root, "elsewhere");
  writeFileSync(other, "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  symlinkSync(other, join(root, "other-node"));
  const refused = prepare("start");
  expect(refused.code).toBe(1);
  expect(refused.said).toMatch(/does not run here: Rankloop needs Linux with glibc, macOS or Windows\.\n$/);
  expect(refused.called).toEqual(["install --no-save skip"]);
});

test("a browser that is named but not there is refused before anything is installed for it", () => {
  const refused = prepare("test", { RANKLOOP_CHROMIUM: "/nowhere/chromium" });
  expect(refused).toMatchObject({ code: 1, called: ["install --no-save skip"] });
  expect(refused.said).toContain("RANKLOOP_CHROMIUM names /nowhere/chromium, which is no program here.");
});

test("two at once: one installs and builds, the other waits for it", async () => {
  const env = { ...process.env, npm_execpath: join(root, "npm-cli.js") };
  const start = () => spawn(process.execPath, [join(root, "lib", "launch", "prepare.mjs"), "start"], { env });
  const codes = await Promise.all([start(), start()].map((child) => once(child, "exit")));
  expect(codes.map(([code]) => code)).toEqual([0, 0]);
  expect(readFileSync(calls, "utf8")).toBe("install --no-save skip\nnext build\n");
});
