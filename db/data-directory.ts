// Where everything of one installation is kept: the SQLite file, trained models, training runs.
import { mkdirSync } from "node:fs";
import path from "node:path";

/** RANKLOOP_DATA, or ./data; made where missing. */
export function dataDirectory(): string {
  // Not for the bundler: it would take the whole project for a part of the server.
  const directory = path.resolve(/* turbopackIgnore: true */ process.env.RANKLOOP_DATA || "data");
  mkdirSync(directory, { recursive: true });
  return directory;
}

export const databaseFile = (): string => path.join(dataDirectory(), "rankloop.sqlite");
