// The directories of models, and sentences about their files that do not reveal where on this machine these are.
import { existsSync } from "node:fs";
import path from "node:path";
import { dataDirectory } from "../../db/data-directory.ts";
import type { ModelPlace } from "../../db/queries/candidates.ts";

/**
 * The base models, one directory each: the folder named in RANKLOOP_MODELS, else those that come with Rankloop; undefined
 * in a checkout without any. Beside this file, or, in the bundle of the web server, under the directory it was started in.
 */
export function zooDirectory(): string | undefined {
  if (process.env.RANKLOOP_MODELS) return path.resolve(process.env.RANKLOOP_MODELS);
  const here: string | undefined = import.meta.dirname;
  const places = [process.cwd(), ...(here ? [path.join(here, "..", "..")] : [])];
  return places.map((root) => path.join(root, "models", "zoo")).find((directory) => existsSync(directory));
}

/** What the folder of a model that is being fetched ends in. */
export const unfinished = ".part";

/** Are a model's files on this machine? Those of one at an address are not. */
export const hasFiles = ({ origin }: Pick<ModelPlace, "origin">): boolean => origin !== "address";

/**
 * Shipped models stand in models/zoo/<directory>, those trained here or fetched from a hub in <data>/models/<directory>, and
 * those of a folder in that folder.
 */
export function modelDirectory(place: Pick<ModelPlace, "origin" | "directory">): string {
  if (!hasFiles(place)) throw new Error("A model at an address has no directory.");
  if (place.origin === "folder") return place.directory;
  if (place.origin !== "shipped") return path.join(dataDirectory(), "models", place.directory);
  // Not for the bundler: it would take the whole project for a part of the server.
  return path.join(/* turbopackIgnore: true */ zooDirectory() ?? path.join("models", "zoo"), place.directory);
}

/**
 * The sentence without the folders of this machine: it names files, and not where they are.
 * withoutPlaces("/srv/data/models/a/config.json is not JSON.") → "models/a/config.json is not JSON."
 */
export function withoutPlaces(sentence: string): string {
  const places = [dataDirectory(), zooDirectory()].filter((place) => place !== undefined);
  const within = places.reduce((said, place) => said.replaceAll(place + path.sep, ""), sentence);
  return within.replace(absolute, "");
}

/** Matches the folders of an absolute path, such as a link, an adapter's base model or a system error names. */
const absolute = /(?<=["'])(?:[A-Za-z]:\\|\/)[^"'\n]*[\\/]|(?<=^|[\s“‘(=])(?:[A-Za-z]:\\|\/)(?:[^\s"'”’):;,]+[\\/])+/g;
