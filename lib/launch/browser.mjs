// Where a Chromium is on this machine, for the end-to-end tests. Dependency-free: prepare.mjs runs it before any install.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";

/** The shell first: it has no window to draw for, and a journey in it costs a tenth less. */
const names = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const usualPlaces = {
  darwin: [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  ],
  win32: [
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
  ],
};

/** Debian's packages a test run needs: the browser, and fonts so that CJK, emoji and right-to-left text have glyphs. */
export const browserPackages = [
  "chromium-headless-shell",
  "fonts-noto-color-emoji",
  "fonts-noto-core",
  "fonts-wqy-zenhei",
];

/** Path of the browser's program, or null. RANKLOOP_CHROMIUM names one by hand. */
export function findBrowser() {
  const byHand = process.env.RANKLOOP_CHROMIUM;
  const onPath = (process.env.PATH ?? "").split(delimiter).flatMap((dir) => names.map((name) => join(dir, name)));
  const candidates = byHand ? [byHand] : [...onPath, ...(usualPlaces[process.platform] ?? [])];
  return candidates.find(isProgram) ?? null;
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
