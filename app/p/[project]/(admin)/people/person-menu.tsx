"use client";
// What an admin can do with one person's account, each in a dialog that says what it means.
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { api, orpc } from "../../../../../lib/api/client.ts";
import type { Role } from "../../../../../lib/vocabulary/labeling.ts";
import type { Member } from "../../../../../lib/vocabulary/shapes.ts";
import { SessionList } from "../../../../account/session-list.tsx";
import { roleChoices } from "../../../../shell/roles.ts";
import { useUser } from "../../../../shell/user-context.tsx";
import { Button } from "../../../../ui/button.tsx";
import { ChoiceField } from "../../../../ui/choice.tsx";
import { CopyButton } from "../../../../ui/copy-button.tsx";
import { Dialog } from "../../../../ui/dialog.tsx";
import { TextField } from "../../../../ui/field.tsx";
import { moment } from "../../../../ui/figures.ts";
import { textOf } from "../../../../ui/form.ts";
import { Menu, MenuCommand } from "../../../../ui/menu.tsx";
import { Problem } from "../../../../ui/states.tsx";
import { useMutation } from "../../../../ui/use-mutation.ts";

type Topic = "role" | "removing" | "admin" | "password" | "sessions" | "closing";

const titles: Record<Topic, (name: string) => string> = {
  role: (name) => `Role of ${name}`,
  removing: (name) => `Take ${name} out of the project`,
  admin: (name) => `${name} and the installation`,
  password: (name) => `New password for ${name}`,
  sessions: (name) => `Where ${name} is signed in`,
  closing: (name) => `Deactivate ${name}`,
};

export function PersonMenu({ person }: { person: Member }) {
  const [topic, setTopic] = useState<Topic | null>(null);
  const isAdmin = useUser()?.isAdmin;
  const update = useAccountUpdate(person.id, () => setTopic(null));
  const remove = useRemoval(person.id, () => setTopic(null));
  const close = () => {
    setTopic(null);
    update.reset();
    remove.reset();
  };
  return (
    <>
      <Menu label="Change" name={`Change ${person.name}`}>
        <MenuCommand onSelect={() => setTopic("role")}>Role …</MenuCommand>
        <MenuCommand onSelect={() => setTopic("removing")}>Take out of the project …</MenuCommand>
        {isAdmin ? (
          <AccountCommands person={person} choose={setTopic} activate={() => update.mutate({ active: true })} />
        ) : null}
      </Menu>
      {topic === null ? <Problem error={update.error} /> : null}
      <Dialog open={topic !== null} onClose={close} title={topic ? titles[topic](person.name) : ""}>
        {topic === "role" ? <RoleForm person={person} onDone={close} /> : null}
        {topic === "removing" ? (
          <Closing action="Take out" busy={remove.isPending} error={remove.error} onClose={() => remove.mutate()}>
            {person.name} does not see this project any more. What {person.name} has written and ranked here stays, and
            so does the account.
          </Closing>
        ) : null}
        {topic === "admin" ? (
          <Administering person={person} busy={update.isPending} error={update.error} onChange={update.mutate} />
        ) : null}
        {topic === "password" ? <ResetLink person={person} /> : null}
        {topic === "sessions" ? <SessionList personId={person.id} /> : null}
        {topic === "closing" ? (
          <Closing
            action="Deactivate"
            busy={update.isPending}
            error={update.error}
            onClose={() => update.mutate({ active: false })}
          >
            {person.name} is signed out at once and cannot sign in any more. What {person.name} has written and ranked
            stays.
          </Closing>
        ) : null}
      </Dialog>
    </>
  );
}

interface AccountCommandsProps {
  person: Member;
  choose: (topic: Topic) => void;
  activate: () => void;
}

/** Of the account itself, for who looks after the installation. */
function AccountCommands({ person, choose, activate }: AccountCommandsProps) {
  if (!person.active) return <MenuCommand onSelect={activate}>Activate</MenuCommand>;
  return (
    <>
      <MenuCommand onSelect={() => choose("admin")}>Installation …</MenuCommand>
      <MenuCommand onSelect={() => choose("password")}>New password …</MenuCommand>
      <MenuCommand onSelect={() => choose("sessions")}>Sessions …</MenuCommand>
      <MenuCommand onSelect={() => choose("closing")}>Deactivate …</MenuCommand>
    </>
  );
}

function useAccountUpdate(id: string, onDone: () => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (to: { isAdmin?: boolean; active?: boolean }) => api.accounts.update({ id, ...to }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: orpc.members.key() });
      onDone();
    },
  });
}

function useRemoval(id: string, onDone: () => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => api.members.remove({ id }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: orpc.members.key() });
      onDone();
    },
  });
}

interface AdministeringProps {
  person: Member;
  busy: boolean;
  error: unknown;
  onChange: (to: { isAdmin: boolean }) => void;
}

function Administering({ person, busy, error, onChange }: AdministeringProps) {
  const { name, isAdmin } = person;
  return (
    <div className="flex flex-col gap-4">
      <p>
        {isAdmin
          ? `${name} is an admin of the installation: of all accounts, and of every project. Afterwards only the role in each project counts.`
          : `An admin of the installation makes projects and accounts, and may do everything in every project.`}
      </p>
      <Problem error={error} />
      <Button
        kind={isAdmin ? "danger" : "primary"}
        className="self-start"
        busy={busy}
        onClick={() => onChange({ isAdmin: !isAdmin })}
      >
        {isAdmin ? "Take it back" : "Make admin of the installation"}
      </Button>
    </div>
  );
}

function RoleForm({ person, onDone }: { person: Member; onDone: () => void }) {
  const queryClient = useQueryClient();
  const update = useMutation({
    mutationFn: (role: Role) => api.members.update({ id: person.id, role }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: orpc.members.key() });
      onDone();
    },
  });
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        update.mutate(textOf(new FormData(event.currentTarget), "role") as Role);
      }}
    >
      <ChoiceField legend="Role" name="role" initial={person.role} options={roleChoices} />
      <Problem error={update.error} />
      <Button type="submit" kind="primary" className="self-start" busy={update.isPending}>
        Save
      </Button>
    </form>
  );
}

function ResetLink({ person }: { person: Member }) {
  const make = useMutation({ mutationFn: () => api.accounts.resetPassword({ id: person.id }) });
  const link = make.data ? `${window.location.origin}${make.data.path}` : "";
  return (
    <div className="flex flex-col gap-4">
      <p>With a link that works once {person.name} chooses a new password. Until it is used the present one stays.</p>
      {make.data ? (
        <>
          <TextField
            label="Link"
            value={link}
            readOnly
            onFocus={(event) => event.currentTarget.select()}
            hint={`Hand it to ${person.name} alone. It works until ${moment(make.data.expiresAt)}.`}
          />
          <CopyButton text={link} what="link" />
        </>
      ) : (
        <Button kind="primary" className="self-start" busy={make.isPending} onClick={() => make.mutate()}>
          Make a link
        </Button>
      )}
      <Problem error={make.error} />
    </div>
  );
}

interface ClosingProps {
  action: string;
  busy: boolean;
  error: unknown;
  onClose: () => void;
  children: ReactNode;
}

function Closing({ action, busy, error, onClose, children }: ClosingProps) {
  return (
    <div className="flex flex-col gap-4">
      <p>{children}</p>
      <Problem error={error} />
      <Button kind="danger" className="self-start" busy={busy} onClick={onClose}>
        {action}
      </Button>
    </div>
  );
}
