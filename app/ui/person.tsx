"use client";
// Somebody beside what they wrote: the name they gave, the user name where the pointer rests.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { orpc } from "../../lib/api/client.ts";
import { namesShown } from "./people-names.ts";

const options = orpc.members.names.queryOptions({ staleTime: 60_000 });

/** For a user name the name to show; what is nobody's user name stays, e.g. "Rankloop". */
export function useNameOf(): (username: string) => string {
  const { data } = useQuery(options);
  const names = useMemo(() => namesShown(data ?? []), [data]);
  return (username) => names.get(username) ?? username;
}

export function Person({ username }: { username: string }) {
  const name = useNameOf()(username);
  return (
    <span dir="auto" title={name === username ? undefined : username}>
      {name}
    </span>
  );
}
