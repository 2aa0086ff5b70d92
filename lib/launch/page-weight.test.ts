import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { pageWeights, rankLimit, rankPage, weightReport } from "./page-weight.mjs";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "rankloop-weight-"));
  mkdirSync(join(root, ".next", "diagnostics"), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

/** A build whose pages load these chunks; a chunk is that many bytes that no gzip makes smaller. */
function build(pages: Record<string, string[]>, chunks: Record<string, number>) {
  for (const [name, bytes] of Object.entries(chunks)) writeFileSync(join(root, name), randomBytes(bytes));
  const stats = Object.entries(pages).map(([route, firstLoadChunkPaths]) => ({ route, firstLoadChunkPaths }));
  writeFileSync(join(root, ".next", "diagnostics", "route-bundle-stats.json"), JSON.stringify(stats));
}

test("a page weighs all that it loads, gzipped, the heaviest first", () => {
  build({ "/": ["a.js"], [rankPage]: ["a.js", "b.js"] }, { "a.js": 1_000, "b.js": 3_000 });
  writeFileSync(join(root, "a.js"), "x".repeat(100_000));
  const small = gzipSync("x".repeat(100_000)).length;
  const [rank, home] = pageWeights(root);
  expect(home).toEqual({ page: "/", bytes: small });
  expect(rank?.page).toBe(rankPage);
  expect(rank?.bytes).toBeGreaterThan(3_000 + small);
  expect(weightReport([{ page: rankPage, bytes: 4_321 }])).toEqual({
    lines: ["figure: JavaScript of /p/[project]/rank: 4.3 kB gzipped"],
    problem: null,
  });
});

test("a ranking page that is too heavy, or not there, is a problem; other pages may be heavier", () => {
  expect(weightReport([{ page: rankPage, bytes: rankLimit }]).problem).toBeNull();
  expect(weightReport([{ page: rankPage, bytes: rankLimit + 100 }]).problem).toMatch(
    /loads 200\.1 kB of JavaScript, at most 200\.0 kB are fine/,
  );
  expect(weightReport([{ page: "/train", bytes: 400_000 }]).problem).toMatch("no page /p/[project]/rank");
});
