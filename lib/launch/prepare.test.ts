// The preparation of a clone, on a small project of its own with an npm and a Next that only write down their calls.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

let root: string;
let calls: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "rankloop-prepare-"));
  calls = join(root, "calls");
  for (const file of ["prepare.mjs", "browser.mjs", "page-weight.mjs"])
    cpSync(join(import.meta.dirname, file), join(root, "lib", "launch", file));
  for (const room of ["app", "db", "models/gpt", "models/zoo"]) mkdirSync(join(root, room), { recursive: true });
  write("package-lock.json", "1");
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
     if (!fs.existsSync("node_modules/.bin/node")) fs.symlinkSync(fs.existsSync("other-node") ? fs.realpathSync("other-node") : ${JSON.stringify(process.execPath)}, "node_modules/.bin/node");
     fs.writeFileSync("node_modules/next/dist/bin/next", 'const fs = require("fs"); fs.mkdirSync(".next", { recursive: true }); fs.appendFileSync("calls", "next " + process.argv[2] + "\\\\n")');`,
  );
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(file: string, content: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), content);
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
  write("package-lock.json", "2");
  expect(prepare("install").called).toEqual(["install --no-save skip"]);
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
