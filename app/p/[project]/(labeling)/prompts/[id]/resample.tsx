"use client";
// Further prompts from the examples of a few-shot one, and what has been made of them.
import { useQueryClient } from "@tanstack/react-query";
import { api, orpc } from "../../../../../../lib/api/client.ts";
import type { Prompt } from "../../../../../../lib/vocabulary/shapes.ts";
import { Button } from "../../../../../ui/button.tsx";
import { counted } from "../../../../../ui/figures.ts";
import { Link } from "../../../../../ui/link.tsx";
import { Problem } from "../../../../../ui/states.tsx";
import { useMutation } from "../../../../../ui/use-mutation.ts";
import { shown } from "../../../../../ui/written.ts";

export function Resample({ promptId, shots }: { promptId: string; shots: readonly { query: string }[] }) {
  const queryClient = useQueryClient();
  const inputs = new Set(shots.map(({ query }) => query)).size;
  const resample = useMutation({
    mutationFn: () => api.prompts.resample({ id: promptId }),
    onSuccess: () => {
      queryClient.invalidateQueries({ queryKey: orpc.prompts.list.key() });
      queryClient.invalidateQueries({ queryKey: orpc.progress.key() });
    },
  });
  return (
    <section aria-label="Prompts from its examples" className="flex flex-col items-start gap-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Button busy={resample.isPending} onClick={() => resample.mutate()}>
          {resample.isPending ? "Making them …" : `Make ${counted(inputs, "more prompt")} from its examples`}
        </Button>
        <p className="text-muted text-sm">Each example becomes the input to answer once; the others go before it.</p>
      </div>
      <Problem error={resample.error} />
      <div role="status">{resample.data ? <Made prompts={resample.data.items} /> : null}</div>
    </section>
  );
}

function Made({ prompts }: { prompts: Prompt[] }) {
  if (prompts.length === 0) return <p>Nothing new: all of them have been made before.</p>;
  return (
    <>
      <p>{counted(prompts.length, "prompt")} made, each with its demonstration:</p>
      <ul className="list-disc ps-5">
        {prompts.map(({ id, text }) => (
          <li key={id}>
            <Link href={`/prompts/${id}`} prefetch={false} dir="auto" className="wrap-anywhere">
              {/* What tells them apart stands at the end: the input to answer. */}
              {shown(text.slice(text.lastIndexOf("Input: "), -"\nOutput:".length).slice(0, 120))}
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
