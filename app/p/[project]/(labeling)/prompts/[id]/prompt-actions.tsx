"use client";
// What can be done with a whole prompt: other words, out of the way and back, and gone for good.
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { api, orpc } from "../../../../../../lib/api/client.ts";
import { usePlaces } from "../../../../../shell/user-context.tsx";
import { Button } from "../../../../../ui/button.tsx";
import { Confirm } from "../../../../../ui/confirm.tsx";
import { counted } from "../../../../../ui/figures.ts";
import { Problem } from "../../../../../ui/states.tsx";
import { useMutation } from "../../../../../ui/use-mutation.ts";
import type { PromptDetail } from "./origin.tsx";

export function PromptActions({ prompt, onEdit }: { prompt: PromptDetail; onEdit: () => void }) {
  const { id, archivedAt, revisedBy } = prompt;
  const router = useRouter();
  const to = usePlaces();
  const queryClient = useQueryClient();
  const [asks, setAsks] = useState(false);
  const changed = () => queryClient.invalidateQueries({ queryKey: orpc.prompts.key() });
  const archive = useMutation({
    mutationFn: () => api.prompts.archive({ id, archived: archivedAt === null }),
    onSuccess: changed,
  });
  const remove = useMutation({
    mutationFn: () => api.prompts.remove({ id }),
    onSuccess: () => {
      queryClient.removeQueries({ queryKey: orpc.prompts.get.key({ input: { id } }) });
      queryClient.invalidateQueries({ queryKey: orpc.prompts.list.key() });
      router.push(to("/prompts"));
    },
  });
  return (
    <>
      <Problem error={archive.error} />
      {revisedBy === null ? <Button onClick={onEdit}>Edit</Button> : null}
      {revisedBy === null ? (
        <Button busy={archive.isPending} onClick={() => archive.mutate()}>
          {archivedAt === null ? "Archive" : "Bring it back"}
        </Button>
      ) : null}
      <Button kind="danger" onClick={() => setAsks(true)}>
        Delete …
      </Button>
      <Confirm
        open={asks}
        onClose={() => setAsks(false)}
        title="Delete this prompt for good?"
        action="Delete the prompt"
        isBusy={remove.isPending || remove.isSuccess}
        error={remove.error}
        onConfirm={() => remove.mutate()}
      >
        {goesWith(prompt)}
      </Confirm>
    </>
  );
}

/** "With it go 2 demonstrations, 1 set of answers and 3 rankings. Archived, it would only be out of the way." */
export function goesWith({
  demonstrations,
  comparisons,
  rankings,
}: Pick<PromptDetail, "demonstrations" | "comparisons" | "rankings">): string {
  const parts = [
    demonstrations > 0 ? counted(demonstrations, "demonstration") : null,
    comparisons > 0 ? counted(comparisons, "set of answers", "sets of answers") : null,
    rankings > 0 ? counted(rankings, "ranking") : null,
  ].filter((part) => part !== null);
  const first =
    parts.length === 0 ? "Nothing else hangs on it." : `With it go ${new Intl.ListFormat("en").format(parts)}.`;
  return `${first} Archived, it would only be out of the way.`;
}
