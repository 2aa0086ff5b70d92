// What people type after `rankloop`: numbers within limits, paths from where they stand, and the model where they name none.

import { existsSync, readdirSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { InvalidArgumentError } from "commander";
import { zooDirectory } from "../training/model-directory.ts";

/** An InputError is something the person at the shell can put right; its message is one sentence. Exit code 2. */
export class InputError extends Error {
  override name = "InputError";
}

/** Parser of a whole number of `what`, for commander. */
export function whole(what: string, min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => within(what, min, max, /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN, "a whole number");
}

/** Parser of a number of `what`, for commander. */
export function number(what: string, min: number, max = Number.MAX_VALUE): (text: string) => number {
  return (text) => within(what, min, max, text.trim() === "" ? Number.NaN : Number(text), "a number");
}

function within(what: string, min: number, max: number, value: number, kind: string): number {
  if (Number.isFinite(value) && value >= min && value <= max) return value;
  const bounds = max >= Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  throw new InvalidArgumentError(`${what} is ${kind} ${bounds}.`);
}

/** A path as the person meant it: npm runs scripts in the project's folder, wherever it was called. */
export function path(text: string): string {
  const from = process.env.npm_lifecycle_event === "rankloop" ? process.env.INIT_CWD : undefined;
  return resolve(from ?? ".", text);
}

/**
 * The folder of a file to be written. It has to exist, so that a mistyped path makes no folder.
 * @throws InputError where it is not there
 */
export async function folderOf(file: string): Promise<string> {
  const folder = dirname(file);
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory()) return folder;
  throw new InputError(`There is no folder ${folder}: make it first, or choose another.`);
}

/** The directory of this shipped model, or of the first one where it is not there. @throws InputError where none is shipped */
export function shippedModel(name: string): string {
  const zoo = zooDirectory();
  if (zoo && existsSync(join(zoo, name))) return join(zoo, name);
  const others = zoo ? readdirSync(zoo, { withFileTypes: true }).filter((entry) => entry.isDirectory()) : [];
  const first = others.map((entry) => entry.name).sort()[0];
  if (zoo && first) return join(zoo, first);
  throw new InputError("No model is shipped in this checkout: name one with --model.");
}
