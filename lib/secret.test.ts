import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { seal, unseal } from "./secret.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "rankloop-secret-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("what is sealed opens for what it was sealed for, in its own folder, and nowhere else", () => {
  const sealed = seal(folder, "sk-otter 🦦", "model 1");
  expect(Buffer.from(sealed, "base64").includes("otter")).toBe(false);
  expect(unseal(folder, sealed, "model 1")).toBe("sk-otter 🦦");
  expect(unseal(folder, sealed, "model 2")).toBe(null);
  const other = mkdtempSync(path.join(tmpdir(), "rankloop-secret-"));
  expect(unseal(other, sealed, "model 1")).toBe(null);
  rmSync(other, { recursive: true });
});

test("the same text is sealed otherwise each time, and one that was changed does not open", () => {
  const [one, other] = [seal(folder, "sk", "a"), seal(folder, "sk", "a")];
  expect(one).not.toBe(other);
  const bytes = Buffer.from(one, "base64");
  bytes[bytes.length - 1]! ^= 1;
  expect(unseal(folder, bytes.toString("base64"), "a")).toBe(null);
  expect(unseal(folder, "", "a")).toBe(null);
});

test("the secret is its owner's alone", () => {
  seal(folder, "sk", "a");
  expect(statSync(path.join(folder, "sealing-secret")).mode & 0o777).toBe(0o600);
});
