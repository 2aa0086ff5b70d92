"use client";
// How far a model of a hub is fetched, with the way to stop that and to go on.
import { useQueryClient } from "@tanstack/react-query";
import { api, orpc } from "../../../../../../lib/api/client.ts";
import type { Model } from "../../../../../../lib/vocabulary/shapes.ts";
import { useUser } from "../../../../../shell/user-context.tsx";
import { Button } from "../../../../../ui/button.tsx";
import { bytes } from "../../../../../ui/figures.ts";
import { Meter } from "../../../../../ui/meter.tsx";
import { Problem } from "../../../../../ui/states.tsx";
import { useMutation } from "../../../../../ui/use-mutation.ts";

export function Fetching({ id, fetching }: { id: string; fetching: Model["fetching"] }) {
  const user = useUser();
  const queryClient = useQueryClient();
  const change = useMutation({
    mutationFn: () => (fetching ? api.models.stopFetching({ id }) : api.models.fetchAgain({ id })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: orpc.models.key() }),
  });
  return (
    <div className="flex max-w-xl flex-col items-start gap-3">
      {fetching ? <FetchedSoFar {...fetching} /> : null}
      {user?.isAdmin ? (
        <Button kind={fetching ? "danger" : "primary"} busy={change.isPending} onClick={() => change.mutate()}>
          {fetching ? "Stop" : "Fetch the rest"}
        </Button>
      ) : null}
      <Problem error={change.error} />
    </div>
  );
}

/** "120 MB of 2.1 GB", drawn and said. */
export function FetchedSoFar({ bytesDone, bytesTotal }: NonNullable<Model["fetching"]>) {
  return (
    <div className="flex w-full flex-col gap-1">
      <Meter label="Fetched" share={bytesTotal ? bytesDone / bytesTotal : 0} />
      <p role="status" className="text-muted text-sm tabular-nums">
        {bytesTotal === null ? "Asking the hub …" : `Fetching: ${bytes(bytesDone)} of ${bytes(bytesTotal)}`}
      </p>
    </div>
  );
}
