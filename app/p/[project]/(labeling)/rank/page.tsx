// Rank: the answers of one prompt at a time, best first. `?reopen=<assignment>` takes up a submitted ranking again,
// `?comparison=<id>` claims these answers.
import type { Metadata } from "next";
import { Guard } from "../../../../shell/guard.tsx";
import { rooms } from "../../../../shell/roles.ts";
import { RankScreen } from "./rank-screen.tsx";

export const metadata: Metadata = { title: "Rank" };

interface RankPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function Page({ searchParams }: RankPageProps) {
  const { reopen, comparison } = await searchParams;
  const asked = { reopen: [reopen].flat()[0], comparison: [comparison].flat()[0] };
  const query = Object.entries(asked).flatMap(([name, id]) => (id ? [`${name}=${encodeURIComponent(id)}`] : []));
  return (
    <Guard room={rooms.rank}>
      {/* Another address is another beginning. */}
      <RankScreen key={query.join("&")} {...asked} />
    </Guard>
  );
}
