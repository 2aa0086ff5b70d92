"use client";
// Taking a model out of what is offered, and bringing it back: nothing of it is lost.
import { useQueryClient } from "@tanstack/react-query";
import { api, orpc } from "../../../../../../lib/api/client.ts";
import { Button } from "../../../../../ui/button.tsx";
import { Problem } from "../../../../../ui/states.tsx";
import { useMutation } from "../../../../../ui/use-mutation.ts";

export function ArchiveButton({ id, isArchived }: { id: string; isArchived: boolean }) {
  const queryClient = useQueryClient();
  const save = useMutation({
    mutationFn: () => api.models.archive({ id, archived: !isArchived }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: orpc.models.key() }),
  });
  return (
    <>
      <Button busy={save.isPending} onClick={() => save.mutate()}>
        {isArchived ? "Bring back" : "Archive"}
      </Button>
      <Problem error={save.error} />
    </>
  );
}
