// `rankloop reproduce --quick --from-scratch`: three base models are made, simulated labelers go the
// whole way through the application, and a report comes out.
import { spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { newDataDirectory, removeDataDirectory } from "./server.ts";

const root = join(import.meta.dirname, "..");

/** Runs it, at most until it says something, and then stops it as Ctrl-C does. */
async function reproduce(out: string, until?: RegExp): Promise<{ code: number | null; said: string }> {
  const command = [join(root, "lib", "cli.mjs"), "reproduce", "--quick", "--from-scratch", "--out", out];
  const child = spawn(process.execPath, command, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      said += chunk;
      // It takes minutes, on a busy machine many: whoever waits sees that it goes on.
      console.log(String(chunk).trimEnd());
      if (until?.test(said) && !child.killed) child.kill("SIGINT");
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  return { code, said };
}

test("a reproduction that is stopped goes on, and ends with a report", async () => {
  test.setTimeout(3_600_000);
  const out = newDataDirectory();
  try {
    const stopped = await reproduce(out, /fine-tuning small: done/);
    expect(stopped.said).toContain(`Stopped; the same command goes on with what is in ${out}.`);
    expect(stopped.code).toBe(130);
    const before = await readFile(join(out, "steps", "fine-tuning small.json"), "utf8");

    const whole = await reproduce(out);
    expect(whole.said).toContain("The report is ");
    expect(whole.code).toBe(0);
    expect(whole.said).not.toContain("fine-tuning small:");
    expect(await readFile(join(out, "steps", "fine-tuning small.json"), "utf8")).toBe(before);

    const report = await readFile(join(out, "report", "README.md"), "utf8");
    const titles = [...report.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
    expect(titles).toEqual([
      "1. Who is preferred",
      "2. What the reward model knows",
      "3. What comparisons are worth",
      "4. Too much of a good proxy",
      "5. The alignment tax",
      "Samples, as they came",
    ]);
    expect(report).not.toMatch(/NaN|undefined|Infinity/);
    for (const [, figure] of report.matchAll(/\]\((\S+\.svg)\)/g)) {
      expect(await readdir(join(out, "report"))).toContain(figure);
    }
  } finally {
    removeDataDirectory(out);
  }
});
