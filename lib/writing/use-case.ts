// The use case of a stored prompt.
import { type UseCase, useCases } from "../vocabulary/labeling.ts";

/** One that a later version had and this one does not is shown as "other". */
export function knownUseCase(name: string): UseCase {
  return useCases.find((known) => known === name) ?? "other";
}
