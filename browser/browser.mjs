// A Chromium of this machine's own, never one that Playwright fetches.

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

// Root may not use the sandbox, a test machine has no graphics card, and every start would otherwise
// call home many times over.
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts Chromium with a fresh profile. */
export function launch() {
  return chromium.launch({ executablePath: executablePath(), args: FLAGS });
}

function executablePath() {
  const path = process.env.CHROMIUM ?? NAMES.map(onPath).find(Boolean);
  if (!path) {
    throw new Error(`no Chromium: set CHROMIUM, or put one of ${NAMES.join(", ")} on the PATH`);
  }
  return path;
}

function onPath(name) {
  const files = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name));
  return files.find(isExecutable);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
