"use client";
// In how many bits a model's weights are held while it answers, and what that costs.
import { useQueryClient } from "@tanstack/react-query";
import { api, orpc } from "../../../../../../lib/api/client.ts";
import type { AnsweringBits } from "../../../../../../lib/vocabulary/labeling.ts";
import { SelectField } from "../../../../../ui/field.tsx";
import { Problem } from "../../../../../ui/states.tsx";
import { useMutation } from "../../../../../ui/use-mutation.ts";

/** Loss as models/bench/bits.ts measured it on world-6m, in nats a token. */
const costs: Record<AnsweringBits, string> = {
  32: "32 bits: as it was trained",
  8: "8 bits: a quarter of the memory, some 0.0005 nats a token worse",
  4: "4 bits: an eighth of the memory, some 0.03 nats a token worse",
};

export function Bits({ id, bits }: { id: string; bits: AnsweringBits }) {
  const queryClient = useQueryClient();
  const save = useMutation({
    mutationFn: (to: AnsweringBits) => api.models.setBits({ id, bits: to }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: orpc.models.get.key() }),
  });
  return (
    <div className="flex max-w-xl flex-col gap-2">
      <SelectField
        label="Weights in memory while it answers"
        value={save.isPending ? save.variables : bits}
        onChange={(event) => save.mutate(Number(event.target.value) as AnsweringBits)}
        hint="The loss was measured on world-6m; training always takes 32 bits."
      >
        {([32, 8, 4] as const).map((one) => (
          <option key={one} value={one}>
            {costs[one]}
          </option>
        ))}
      </SelectField>
      <Problem error={save.error} />
    </div>
  );
}
