// Which window this is, among those of one person: a random id that lives as long as the page.
import { randomId } from "../../../../../lib/random-id.ts";

let id: string | undefined;

export function thisWindow(): string {
  id ??= randomId();
  return id;
}
