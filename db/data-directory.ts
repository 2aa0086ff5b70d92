// Where everything of one installation is kept: the SQLite file, trained models, training runs.
import { mkdirSync } from "node:fs";
import path from "node:path";

// Asked for with every request: each is made once.
const made = new Set<string>();

/** RANKLOOP_DATA, or ./data; made where missing. */
export function dataDirectory(): string {
  // Not for the bundler: it would take the whole project for a part of the server.
  const directory = path.resolve(/* turbopackIgnore: true */ process.env.RANKLOOP_DATA || "data");
  if (!made.has(directory)) mkdirSync(directory, { recursive: true });
  made.add(directory);
  return directory;
}

export const databaseFile = (): string => path.join(dataDirectory(), "rankloop.sqlite");
