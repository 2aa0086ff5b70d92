// The first page: the project this person was in last, or the only one.
import { redirect } from "next/navigation";
import { currentUser, usualProject } from "./shell/current-user.ts";
import { Guard } from "./shell/guard.tsx";
import { inProject } from "./shell/paths.ts";
import { ButtonLink } from "./ui/button.tsx";
import { Page } from "./ui/frame.tsx";
import { Empty } from "./ui/states.tsx";

export default async function First() {
  const user = await currentUser();
  const project = user && (await usualProject());
  if (project) redirect(inProject(project.id, "/"));
  return (
    <Guard>
      <Page title="Home">
        <Empty
          action={
            user?.isAdmin ? (
              <ButtonLink kind="primary" href="/projects/new">
                New project
              </ButtonLink>
            ) : null
          }
        >
          {user?.isAdmin
            ? "There is no project yet. Make one: prompts, answers and rankings stand in it."
            : "You are in no project yet. Whoever leads one can add you under People."}
        </Empty>
      </Page>
    </Guard>
  );
}
