// New project: the wizard, for who looks after the installation.
import type { Metadata } from "next";
import { currentUser } from "../../shell/current-user.ts";
import { Guard } from "../../shell/guard.tsx";
import { NotForYou } from "../../ui/states.tsx";
import { Wizard } from "./wizard.tsx";

export const metadata: Metadata = { title: "New project" };

/** What is said of whoever it is not for. */
const others = "Member";

export default async function Page() {
  const user = await currentUser();
  return <Guard>{user?.isAdmin ? <Wizard /> : <NotForYou what="New project" role={others} />}</Guard>;
}
