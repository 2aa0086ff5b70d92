"use client";
// What an admin can do with one person's account, each in a dialog that says what it means.
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { api, orpc } from "../../../lib/api/client.ts";
import type { Role } from "../../../lib/vocabulary/labeling.ts";
import type { Person } from "../../../lib/vocabulary/shapes.ts";
import { SessionList } from "../../account/session-list.tsx";
import { roleChoices } from "../../shell/roles.ts";
import { Button } from "../../ui/button.tsx";
import { ChoiceField } from "../../ui/choice.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { moment } from "../../ui/figures.ts";
import { textOf } from "../../ui/form.ts";
import { Menu, MenuCommand } from "../../ui/menu.tsx";
import { Problem } from "../../ui/states.tsx";
import { useMutation } from "../../ui/use-mutation.ts";

type Topic = "role" | "password" | "sessions" | "closing";

const titles: Record<Topic, (name: string) => string> = {
  role: (name) => `Role of ${name}`,
  password: (name) => `New password for ${name}`,
  sessions: (name) => `Where ${name} is signed in`,
  closing: (name) => `Deactivate ${name}`,
};

export function PersonMenu({ person }: { person: Person }) {
  const [topic, setTopic] = useState<Topic | null>(null);
  const update = useUpdate(person.id, () => setTopic(null));
  const close = () => {
    setTopic(null);
    update.reset();
  };
  return (
    <>
      <Menu label="Change" name={`Change ${person.name}`}>
        <MenuCommand onSelect={() => setTopic("role")}>Role …</MenuCommand>
        {person.active ? (
          <>
            <MenuCommand onSelect={() => setTopic("password")}>New password …</MenuCommand>
            <MenuCommand onSelect={() => setTopic("sessions")}>Sessions …</MenuCommand>
            <MenuCommand onSelect={() => setTopic("closing")}>Deactivate …</MenuCommand>
          </>
        ) : (
          <MenuCommand onSelect={() => update.mutate({ active: true })}>Activate</MenuCommand>
        )}
      </Menu>
      {topic === null ? <Problem error={update.error} /> : null}
      <Dialog open={topic !== null} onClose={close} title={topic ? titles[topic](person.name) : ""}>
        {topic === "role" ? <RoleForm person={person} onDone={close} /> : null}
        {topic === "password" ? <ResetLink person={person} /> : null}
        {topic === "sessions" ? <SessionList personId={person.id} /> : null}
        {topic === "closing" ? (
          <Closing busy={update.isPending} error={update.error} onClose={() => update.mutate({ active: false })}>
            {person.name} is signed out at once and cannot sign in any more. What {person.name} has written and ranked
            stays.
          </Closing>
        ) : null}
      </Dialog>
    </>
  );
}

function useUpdate(id: string, onDone: () => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (to: { role?: Role; active?: boolean }) => api.people.update({ id, ...to }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: orpc.people.key() });
      onDone();
    },
  });
}

function RoleForm({ person, onDone }: { person: Person; onDone: () => void }) {
  const update = useUpdate(person.id, onDone);
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        update.mutate({ role: textOf(new FormData(event.currentTarget), "role") as Role });
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

function ResetLink({ person }: { person: Person }) {
  const make = useMutation({ mutationFn: () => api.people.resetPassword({ id: person.id }) });
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
  busy: boolean;
  error: unknown;
  onClose: () => void;
  children: ReactNode;
}

function Closing({ busy, error, onClose, children }: ClosingProps) {
  return (
    <div className="flex flex-col gap-4">
      <p>{children}</p>
      <Problem error={error} />
      <Button kind="danger" className="self-start" busy={busy} onClick={onClose}>
        Deactivate
      </Button>
    </div>
  );
}
