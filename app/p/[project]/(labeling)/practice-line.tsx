"use client";
// One line wherever a person meets a model that comes with Rankloop: what it is, and that another can take its place.
import { mayEnter, rooms } from "../../../shell/roles.ts";
import { useUser } from "../../../shell/user-context.tsx";
import { Link } from "../../../ui/link.tsx";

const known = "it knows one small valley, and nothing of the world outside.";

/** @param name of the model; absent where whoever reads it may not know which one it is */
export function PracticeLine({ name }: { name?: string }) {
  const user = useUser();
  return (
    <p className="text-muted text-sm">
      {name === undefined ? "These answers are by a practice model" : `${name} comes with Rankloop to practice with`}:{" "}
      {known}{" "}
      {user && mayEnter(user.role, rooms.models) ? (
        <Link href="/models">Bring your own model or file</Link>
      ) : (
        "A lead can bring another model or file."
      )}
    </p>
  );
}
