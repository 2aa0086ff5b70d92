// The settings as forms and the shell offer them, against the trainers' own schemas; and what showing them costs.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { trainingKinds } from "../vocabulary/labeling.ts";
import { settingFields, settingsSchemas } from "./settings.ts";

test.each(trainingKinds)("every setting of %s is offered once, with the trainer's default and bounds", (kind) => {
  const fields = settingFields(kind);
  const schema = settingsSchemas[kind];
  const defaults: Record<string, unknown> = schema.parse({});
  expect(Object.fromEntries(fields.map((field) => [field.name, field.default]))).toEqual(defaults);
  for (const { name, type, min, max, choices = [], hint, default: initial } of fields) {
    expect(hint, name).toMatch(/\.$/);
    // The shell has no way to switch one off that is on.
    if (type === "boolean") expect(initial, name).toBe(false);
    for (const choice of choices) expect(schema.safeParse({ [name]: choice }).success, name).toBe(true);
    if (type !== "integer" && type !== "number") continue;
    // Just outside is refused: nothing a form lets through is beyond what the trainer takes.
    if (min !== undefined) expect(schema.safeParse({ [name]: min - 1 }).success, name).toBe(false);
    if (max !== undefined) expect(schema.safeParse({ [name]: max + 1 }).success, name).toBe(false);
  }
});

test("the web process, which knows all settings, does not load the runtime that would hold its thread", () => {
  const root = join(import.meta.dirname, "..", "..");
  const script = `await import("./lib/api/handlers.ts");
    console.log(JSON.stringify(process.report.getReport().sharedObjects.filter((name) => name.includes("onnxruntime"))));
    process.exit(0);`;
  const loaded = execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: root, encoding: "utf8" });
  expect(JSON.parse(loaded)).toEqual([]);
});
