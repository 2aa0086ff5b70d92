"use client";
// In how many bits a model's weights are held while it answers, and what that costs.
import { useQueryClient } from "@tanstack/react-query";
import { api, orpc } from "../../../../../../lib/api/client.ts";
import type { AnsweringBits } from "../../../../../../lib/vocabulary/labeling.ts";
import { Button } from "../../../../../ui/button.tsx";
import { SelectField } from "../../../../../ui/field.tsx";
import { Problem } from "../../../../../ui/states.tsx";
import { useMutation } from "../../../../../ui/use-mutation.ts";

const sizes: Record<AnsweringBits, string> = {
  32: "32 bits: as it was trained",
  8: "8 bits: a quarter of the memory",
  4: "4 bits: an eighth of the memory",
};

interface BitsProps {
  id: string;
  bits: AnsweringBits;
  /** Among them `bits/8/kl` and `bits/4/kl`, once they are measured. */
  metrics: Readonly<Record<string, number>>;
}

export function Bits({ id, bits, metrics }: BitsProps) {
  const queryClient = useQueryClient();
  const measure = useMutation({
    mutationFn: () => api.models.measureBits({ id }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: orpc.models.get.key() }),
  });
  const costOf = (one: AnsweringBits) => metrics[`bits/${one}/kl`];
  const isMeasured = costOf(8) !== undefined;
  const inWords = (one: AnsweringBits) => {
    const cost = costOf(one);
    return cost === undefined ? sizes[one] : `${sizes[one]}, ${Number(cost.toPrecision(2))} nats a token worse`;
  };
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
        hint={
          isMeasured
            ? "Measured on its own answers. Training always takes 32 bits."
            : "What that costs this model is not measured yet. Training always takes 32 bits."
        }
      >
        {([32, 8, 4] as const).map((one) => (
          <option key={one} value={one}>
            {inWords(one)}
          </option>
        ))}
      </SelectField>
      <Problem error={save.error} />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Button busy={measure.isPending} onClick={() => measure.mutate()}>
          {measure.isPending ? "Measuring …" : isMeasured ? "Measure it again" : "Measure what fewer bits cost"}
        </Button>
        <p role="status" className="text-muted text-sm">
          {measure.isPending ? "It answers the newest prompts in 32, 8 and 4 bits; a large model takes minutes." : ""}
        </p>
      </div>
      <Problem error={measure.error} />
    </div>
  );
}
