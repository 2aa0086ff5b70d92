"use client";
// Somebody beside what they wrote: the name they gave, the user name where the pointer rests.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { orpc } from "../../lib/api/client.ts";

const options = orpc.members.names.queryOptions({ staleTime: 60_000 });

/**
 * By user name; where two people share a name, each has the user name behind it.
 * namesShown([{ username: "kim", name: "Kim" }, { username: "kim2", name: "Kim" }]) → kim: "Kim (kim)", kim2: "Kim (kim2)"
 */
export function namesShown(people: readonly { username: string; name: string }[]): Map<string, string> {
  // As a reader tells them apart: by what they look like.
  const alike = Map.groupBy(people, ({ name }) => name.normalize("NFKC").trim().toLowerCase());
  return new Map(
    [...alike.values()].flatMap((group) =>
      group.map(({ username, name }) => [username, group.length > 1 ? `${name} (${username})` : name] as const),
    ),
  );
}

/** The names of the project's people by user name, as they are shown; none until they have come. */
export function useNames(): Map<string, string> {
  const { data } = useQuery(options);
  return useMemo(() => namesShown(data ?? []), [data]);
}

/** For a user name the name to show; what is nobody's user name stays, e.g. "Rankloop". */
export function useNameOf(): (username: string) => string {
  const names = useNames();
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
