// The model that comes with Rankloop: what commands use where none is named.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const zoo = join(import.meta.dirname, "..", "..", "models", "zoo");

/** Its directory, the first of models/zoo; undefined in a checkout without one. */
export const shippedModel: string | undefined = findShipped();

function findShipped(): string | undefined {
  if (!existsSync(zoo)) return undefined;
  const first = readdirSync(zoo, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()[0];
  return first && join(zoo, first);
}
