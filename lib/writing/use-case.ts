// The use case of a stored prompt.
import { type UseCase, useCases } from "../vocabulary/labeling.ts";

/** The use case by its stored name; one that only a later version knows is shown as "other". */
export function knownUseCase(name: string): UseCase {
  return useCases.find((known) => known === name) ?? "other";
}
