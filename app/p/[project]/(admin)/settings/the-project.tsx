"use client";
// The project itself: its name, a copy of how it is set up, out of the way, and its end, with what goes along said first.
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { api, orpc } from "../../../../../lib/api/client.ts";
import { may } from "../../../../../lib/vocabulary/labeling.ts";
import type { Project } from "../../../../../lib/vocabulary/shapes.ts";
import { projectName } from "../../../../../lib/vocabulary/shapes.ts";
import { inProject } from "../../../../shell/paths.ts";
import { useProject, useUser } from "../../../../shell/user-context.tsx";
import { Button, DownloadLink } from "../../../../ui/button.tsx";
import { Confirm } from "../../../../ui/confirm.tsx";
import { Dialog } from "../../../../ui/dialog.tsx";
import { TextField } from "../../../../ui/field.tsx";
import { counted } from "../../../../ui/figures.ts";
import { fieldOf, refusalAt, textOf, useFocusOnRefusal } from "../../../../ui/form.ts";
import { Section } from "../../../../ui/frame.tsx";
import { NameForm } from "../../../../ui/name-form.tsx";
import { Problem, Skeleton } from "../../../../ui/states.tsx";
import { useMutation } from "../../../../ui/use-mutation.ts";

type Topic = "rename" | "clone" | "archive" | "delete";

/** Only for who looks after it. The server tells every page which projects there are, so each change loads it anew. */
export function TheProject() {
  const project = useProject();
  const user = useUser();
  const [topic, setTopic] = useState<Topic | null>(null);
  const close = () => setTopic(null);
  const archive = useMutation({
    mutationFn: () => api.project.archive({ archived: true }),
    onSuccess: () => window.location.reload(),
  });
  if (!project || !user || !may(user.role, "people")) return null;
  return (
    <Section title="The project">
      <p>
        <strong dir="auto">{project.name}</strong>
      </p>
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => setTopic("rename")}>Rename …</Button>
        {user.isAdmin ? <Button onClick={() => setTopic("clone")}>Clone …</Button> : null}
        {project.archivedAt === null ? <Button onClick={() => setTopic("archive")}>Archive …</Button> : null}
        {user.isAdmin ? (
          <Button kind="danger" onClick={() => setTopic("delete")}>
            Delete …
          </Button>
        ) : null}
      </div>
      <Dialog open={topic === "rename"} onClose={close} title="Another name for this project">
        <ProjectNameForm
          initial={project.name}
          action="Rename"
          send={(name) => api.project.rename({ name })}
          then={null}
        />
      </Dialog>
      <Dialog open={topic === "clone"} onClose={close} title={`A project like ${project.name}`}>
        <p className="mb-4">
          It begins with the settings, the guidelines, the use-case descriptions and the people of this one, and with
          none of the work. Models that this project has trained stay here.
        </p>
        <ProjectNameForm
          initial={`${project.name}, again`.slice(0, 60)}
          action="Clone"
          send={(name) => api.project.clone({ name })}
          then={(made) => inProject(made.id, "/")}
        />
      </Dialog>
      <Confirm
        open={topic === "archive"}
        onClose={close}
        title={`Archive ${project.name}?`}
        action="Archive the project"
        isBusy={archive.isPending || archive.isSuccess}
        error={archive.error}
        onConfirm={() => archive.mutate()}
      >
        It can be read from then on, nothing in it changes, and it leaves the lists. Answers being written and training
        under way are stopped. You can bring it back at any time.
      </Confirm>
      <Dialog open={topic === "delete"} onClose={close} title={`Delete ${project.name} for good?`}>
        <DeleteForm project={project} onKeep={close} />
      </Dialog>
    </Section>
  );
}

interface ProjectNameFormProps<Answer> {
  initial: string;
  action: string;
  send: (name: string) => Promise<Answer>;
  /** Where to go then; null: the page again. */
  then: ((answer: Answer) => string) | null;
}

function ProjectNameForm<Answer>({ initial, action, send, then }: ProjectNameFormProps<Answer>) {
  const save = useMutation({
    mutationFn: send,
    onSuccess: (answer) => (then ? window.location.assign(then(answer)) : window.location.reload()),
  });
  const isBusy = save.isPending || save.isSuccess;
  return (
    <NameForm
      initial={initial}
      schema={projectName}
      action={action}
      error={save.error}
      isBusy={isBusy}
      onName={save.mutate}
    />
  );
}

function DeleteForm({ project, onKeep }: { project: Project; onKeep: () => void }) {
  const contents = useQuery(orpc.project.contents.queryOptions({ staleTime: 0 }));
  const form = useRef<HTMLFormElement>(null);
  const remove = useMutation({
    mutationFn: (name: string) => api.project.remove({ name }),
    onSuccess: () => window.location.assign("/"),
  });
  useFocusOnRefusal(form, remove.error);
  if (!contents.data) return contents.error ? <Problem error={contents.error} /> : <Skeleton lines={3} />;
  const { prompts, demonstrations, comparisons, rankings, runs, models } = contents.data;
  return (
    <form
      ref={form}
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        remove.mutate(textOf(new FormData(event.currentTarget), "name"));
      }}
    >
      <p>
        With it go {counted(prompts, "prompt")}, {counted(demonstrations, "demonstration")},{" "}
        {counted(comparisons, "set")} of answers, {counted(rankings, "ranking")}, {counted(runs, "training run")} and{" "}
        {counted(models, "trained model")}. The accounts of its people stay, and so does the history.
      </p>
      <p className="flex flex-wrap items-center gap-2">
        <span>Take the data along first:</span>
        <DownloadLink href={`/api/export/${project.id}/comparisons?format=conversational`}>Comparisons</DownloadLink>
        <DownloadLink href={`/api/export/${project.id}/demonstrations?format=conversational`}>
          Demonstrations
        </DownloadLink>
      </p>
      <TextField
        label="The name of the project, to be sure"
        name="name"
        autoComplete="off"
        spellCheck={false}
        error={refusalAt(remove.error, "name")}
      />
      <Problem error={fieldOf(remove.error) ? null : remove.error} />
      <div className="flex flex-wrap gap-2">
        <Button onClick={onKeep}>Keep it</Button>
        <Button type="submit" kind="danger" busy={remove.isPending || remove.isSuccess}>
          Delete the project
        </Button>
      </div>
    </form>
  );
}
