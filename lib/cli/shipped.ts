// The model that comes with Rankloop: what commands use where none is named.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { zooDirectory } from "../models/directory.ts";
import { InputError } from "./input.ts";

/** The directory of the first model of models/zoo. @throws InputError in a checkout without one. */
export function shippedModel(): string {
  const zoo = zooDirectory();
  const names = zoo ? readdirSync(zoo, { withFileTypes: true }).filter((entry) => entry.isDirectory()) : [];
  const first = names.map((entry) => entry.name).sort()[0];
  if (zoo && first) return join(zoo, first);
  throw new InputError("No model is shipped in this checkout: name one with --model.");
}
