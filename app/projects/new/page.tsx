// New project: the wizard, for who looks after the installation.
import type { Metadata } from "next";
import { currentUser } from "../../shell/current-user.ts";
import { Guard } from "../../shell/guard.tsx";
import { NotForYou } from "../../ui/states.tsx";
import { Wizard } from "./wizard.tsx";

export const metadata: Metadata = { title: "New project" };

export default async function Page() {
  const user = await currentUser();
  return <Guard>{user?.isAdmin ? <Wizard /> : <AskAnAdmin />}</Guard>;
}

function AskAnAdmin() {
  return (
    <NotForYou title="Only admins of the installation make projects">
      If you need a project of your own, ask one of them to make it and to make you its admin.
    </NotForYou>
  );
}
