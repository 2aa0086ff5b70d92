// The models that come with Rankloop: what commands use where none is named.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { zooDirectory } from "../training/model-directory.ts";
import { InputError } from "./input.ts";

/** The directory of this model of models/zoo, or of another there. @throws InputError in a checkout without one. */
export function shippedModel(name: string): string {
  const zoo = zooDirectory();
  if (zoo && existsSync(join(zoo, name))) return join(zoo, name);
  const others = zoo ? readdirSync(zoo, { withFileTypes: true }).filter((entry) => entry.isDirectory()) : [];
  const first = others.map((entry) => entry.name).sort()[0];
  if (zoo && first) return join(zoo, first);
  throw new InputError("No model is shipped in this checkout: name one with --model.");
}
