"use client";
// Adding a model to the project: where it is first, and then what that place needs to know.
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type ReactNode, useRef, useState } from "react";
import { api, orpc } from "../../../../../../lib/api/client.ts";
import { modelName } from "../../../../../../lib/training/shapes.ts";
import { usePlaces, useUser } from "../../../../../shell/user-context.tsx";
import { Button } from "../../../../../ui/button.tsx";
import { ChoiceField } from "../../../../../ui/choice.tsx";
import { TextField } from "../../../../../ui/field.tsx";
import { fieldOf, refusalAt, textOf, useFocusOnRefusal } from "../../../../../ui/form.ts";
import { Page } from "../../../../../ui/frame.tsx";
import { NotForYou, Problem } from "../../../../../ui/states.tsx";
import { useMutation } from "../../../../../ui/use-mutation.ts";
import { AddressForm } from "../address-form.tsx";

const places = [
  { value: "address", label: "At an address", hint: "Another server answers: OpenAI’s, vLLM, llama.cpp, Ollama …" },
  {
    value: "folder",
    label: "In a folder",
    hint: "Its files are on the machine that Rankloop runs on, and stay there.",
  },
  { value: "hub", label: "On a hub", hint: "It is fetched from Hugging Face’s, or the hub that RANKLOOP_HUB names." },
] as const;

type Place = (typeof places)[number]["value"];

const forms = { address: NewAddress, folder: NewFolder, hub: NewHub } as const;

export function NewModelScreen() {
  const user = useUser();
  const [place, setPlace] = useState<Place>("address");
  if (user && !user.isAdmin) {
    return (
      <NotForYou title="Only admins of the installation add models">
        A model that is added reads this machine’s files or calls other machines. Ask an admin of the installation.
      </NotForYou>
    );
  }
  const Form = forms[place];
  return (
    <Page title="Add a model" lead="People of this project can then have it answer prompts, or score answers.">
      <div className="max-w-3xl">
        <ChoiceField
          legend="Where it is"
          options={places}
          value={place}
          onChange={setPlace}
          className="sm:grid-cols-3"
        />
      </div>
      <Form />
    </Page>
  );
}

/** To the model that was made. */
function useAdded() {
  const router = useRouter();
  const to = usePlaces();
  const queryClient = useQueryClient();
  return async ({ id }: { id: string }) => {
    await queryClient.invalidateQueries({ queryKey: orpc.models.list.key() });
    router.push(to(`/models/${id}`));
  };
}

const nameHint = "As people choose it here. Labelers do not see it before they have ranked.";

function NewAddress() {
  const added = useAdded();
  return (
    <AddressForm
      action="Add the model"
      keep={async (settings, form) => added(await api.models.addAddress({ ...settings, name: textOf(form, "name") }))}
    >
      {(refusal) => (
        <TextField
          label="Name"
          name="name"
          autoComplete="off"
          error={refusal("name")}
          hint={nameHint}
          className="sm:col-span-2"
        />
      )}
    </AddressForm>
  );
}

function NewFolder() {
  return (
    <FilesForm
      add={(name, data) => api.models.addFolder({ name, folder: textOf(data, "folder").trim() })}
      action="Add the model"
    >
      {(refusal) => (
        <TextField
          label="Folder"
          name="folder"
          autoComplete="off"
          spellCheck={false}
          error={refusal("folder")}
          hint="The whole path, such as /srv/models/mine: a model in Hugging Face’s layout, with config.json, safetensors and tokenizer.json. Rankloop reads it there and never changes or deletes it."
          className="w-full"
        />
      )}
    </FilesForm>
  );
}

function NewHub() {
  return (
    <FilesForm
      add={(name, data) =>
        api.models.addFromHub({
          name,
          repository: textOf(data, "repository").trim(),
          revision: textOf(data, "revision").trim() || "main",
        })
      }
      action="Fetch the model"
    >
      {(refusal) => (
        <>
          <TextField
            label="Its name on the hub"
            name="repository"
            autoComplete="off"
            spellCheck={false}
            error={refusal("repository")}
            hint="Owner and name, such as Qwen/Qwen2-0.5B-Instruct."
            className="w-full"
          />
          <TextField
            label="Revision"
            name="revision"
            autoComplete="off"
            spellCheck={false}
            defaultValue="main"
            error={refusal("revision")}
            hint="A branch, a tag or a commit. The commit it stands for now is kept."
            className="w-full"
          />
        </>
      )}
    </FilesForm>
  );
}

interface FilesFormProps {
  add: (name: string, form: FormData) => Promise<{ id: string }>;
  action: string;
  /** The fields after the name. @param refusal what was refused of a field */
  children: (refusal: (field: string) => string | null) => ReactNode;
}

function FilesForm({ add, action, children }: FilesFormProps) {
  const added = useAdded();
  const form = useRef<HTMLFormElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: ({ name, data }: { name: string; data: FormData }) => add(name, data),
    onSuccess: added,
  });
  useFocusOnRefusal(form, save.error);
  const refusal = (field: string) => refusalAt(save.error, field);
  return (
    <form
      ref={form}
      noValidate
      className="flex max-w-3xl flex-col items-start gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        const data = new FormData(event.currentTarget);
        const name = modelName.safeParse(textOf(data, "name"));
        setProblem(name.success ? null : (name.error.issues[0]?.message ?? null));
        if (name.success) save.mutate({ name: name.data, data });
        else event.currentTarget.querySelector("input")?.focus();
      }}
    >
      <TextField
        label="Name"
        name="name"
        autoComplete="off"
        error={problem ?? refusal("name")}
        hint={nameHint}
        className="w-full"
      />
      {children(refusal)}
      <Problem error={fieldOf(save.error) ? null : save.error} />
      <Button type="submit" kind="primary" busy={save.isPending || save.isSuccess}>
        {action}
      </Button>
    </form>
  );
}
