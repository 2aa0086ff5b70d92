"use client";
// Where somebody is signed in, each place with a way to end it: one's own, or for admins another person's.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api, orpc } from "../../lib/api/client.ts";
import type { SignedInSession } from "../../lib/vocabulary/shapes.ts";
import { Button } from "../ui/button.tsx";
import { moment } from "../ui/figures.ts";
import { Failed, Problem, Skeleton } from "../ui/states.tsx";
import { useMutation } from "../ui/use-mutation.ts";
import { programName } from "./program-name.ts";

/** @param personId absent: one's own */
export function SessionList({ personId }: { personId?: string }) {
  const queryClient = useQueryClient();
  const input = personId === undefined ? {} : { personId };
  const { data: sessions, error, refetch } = useQuery(orpc.accounts.sessions.queryOptions({ input }));
  const endOthers = useMutation({
    mutationFn: () => api.accounts.endSessions(input),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: orpc.accounts.sessions.key() }),
  });
  if (error) return <Failed error={error} retry={() => refetch()} />;
  if (!sessions) return <Skeleton lines={2} height="2.5rem" />;
  if (sessions.length === 0) return <p className="text-muted">Nowhere.</p>;
  const others = sessions.filter(({ current }) => !current);
  return (
    <>
      <ul aria-label="Sessions" className="rounded-md border border-line bg-surface">
        {sessions.map((session) => (
          <Row key={session.id} session={session} />
        ))}
      </ul>
      {others.length > 1 ? (
        <Button kind="danger" className="mt-3 self-start" busy={endOthers.isPending} onClick={() => endOthers.mutate()}>
          {others.length === sessions.length ? "End all" : "End all others"}
        </Button>
      ) : null}
      <Problem error={endOthers.error} />
    </>
  );
}

function Row({ session: { id, startedAt, address, program, current } }: { session: SignedInSession }) {
  const queryClient = useQueryClient();
  const end = useMutation({
    mutationFn: () => api.accounts.endSession({ id }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: orpc.accounts.sessions.key() }),
  });
  const name = programName(program);
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 border-line border-t px-4 py-2 first:border-t-0">
      <div className="min-w-0">
        <p title={program}>{name}</p>
        <p className="text-muted text-sm">
          since {moment(startedAt)}
          {address ? ` · from ${address}` : ""}
        </p>
      </div>
      {current ? (
        <span className="text-muted text-sm">This one</span>
      ) : (
        <Button kind="quiet" busy={end.isPending} onClick={() => end.mutate()}>
          End
          <span className="sr-only">
            : {name}, since {moment(startedAt)}
          </span>
        </Button>
      )}
      <Problem error={end.error} />
    </li>
  );
}
