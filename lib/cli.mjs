#!/usr/bin/env node
// The shell's way in. Plain JavaScript that any Node can read: one that cannot run TypeScript would end in a stack trace
// before the first line of it.
import process from "node:process";

const needed = 24;
const version = process.versions.node;
if (Number.parseInt(version, 10) >= needed) {
  await import("./launch/quick-start.mjs");
  const { rankloop } = await import("./cli/rankloop.ts");
  // A reader that has seen enough (`| head`) is no error.
  process.stdout.on("error", (error) => process.exit(error.code === "EPIPE" ? 0 : 1));
  process.exit(await rankloop(process.argv.slice(2)));
} else {
  process.stderr.write(
    `Rankloop runs on Node ${needed} or newer, and this is Node ${version}: use "npm run -s rankloop -- …", which brings its own.\n`,
  );
  process.exitCode = 1;
}
