// The JavaScript a browser loads before a page answers, gzipped: what Next says of each page, weighed. Plain JavaScript,
// as prepare.mjs is, which prints it after a build.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** Of the page people work on all day: bytes. */
export const rankLimit = 200_000;

/** As Next calls it. */
export const rankPage = "/p/[project]/rank";

/** By page, the heaviest first. @param {string} root of the project */
export function pageWeights(root) {
  const stats = JSON.parse(readFileSync(join(root, ".next", "diagnostics", "route-bundle-stats.json"), "utf8"));
  const sizes = new Map();
  const sizeOf = (chunk) => {
    if (!sizes.has(chunk)) sizes.set(chunk, gzipSync(readFileSync(join(root, chunk))).length);
    return sizes.get(chunk);
  };
  return stats
    .map(({ route, firstLoadChunkPaths }) => ({
      page: route,
      bytes: firstLoadChunkPaths.reduce((sum, chunk) => sum + sizeOf(chunk), 0),
    }))
    .sort((a, b) => b.bytes - a.bytes);
}

/** One line a page, and what is wrong, or null. @param {{ page: string, bytes: number }[]} weights */
export function weightReport(weights) {
  const lines = weights.map(({ page, bytes }) => `figure: JavaScript of ${page}: ${kilobytes(bytes)} gzipped`);
  const rank = weights.find(({ page }) => page === rankPage);
  if (!rank)
    return { lines, problem: `The build has no page ${rankPage}: lib/launch/page-weight.mjs cannot weigh it.` };
  if (rank.bytes <= rankLimit) return { lines, problem: null };
  return {
    lines,
    problem: `The ranking page loads ${kilobytes(rank.bytes)} of JavaScript, at most ${kilobytes(rankLimit)} are fine: load what is not needed at once by import().`,
  };
}

const kilobytes = (bytes) => `${(bytes / 1_000).toFixed(1)} kB`;
