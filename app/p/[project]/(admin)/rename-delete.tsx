"use client";
// Another name for a trained model or a run, and its end: what goes along is said first.
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { api, orpc } from "../../../../lib/api/client.ts";
import { modelName } from "../../../../lib/training/shapes.ts";
import { usePlaces } from "../../../shell/user-context.tsx";
import { Button } from "../../../ui/button.tsx";
import { Confirm } from "../../../ui/confirm.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { NameForm } from "../../../ui/name-form.tsx";
import { useMutation } from "../../../ui/use-mutation.ts";

interface RenameDeleteProps {
  what: "model" | "run";
  id: string;
  name: string;
  onRenamed: () => void;
  /** What goes, and what stays. */
  children: ReactNode;
}

export function RenameDelete({ what, id, name, onRenamed, children }: RenameDeleteProps) {
  const router = useRouter();
  const to = usePlaces();
  const queryClient = useQueryClient();
  const [asks, setAsks] = useState<"rename" | "delete" | null>(null);
  const close = () => setAsks(null);
  const remove = useMutation({
    mutationFn: () => (what === "model" ? api.models.remove({ id }) : api.training.remove({ id })),
    onSuccess: () => {
      queryClient.invalidateQueries({ queryKey: orpc.models.list.key() });
      queryClient.invalidateQueries({ queryKey: orpc.training.list.key() });
      router.push(to(what === "model" ? "/models" : "/train"));
    },
  });
  return (
    <>
      <Button onClick={() => setAsks("rename")}>Rename …</Button>
      <Button kind="danger" onClick={() => setAsks("delete")}>
        Delete …
      </Button>
      <Dialog open={asks === "rename"} onClose={close} title={`Another name for this ${what}`}>
        <RenameForm
          id={id}
          name={name}
          onDone={() => {
            close();
            onRenamed();
          }}
        />
      </Dialog>
      <Confirm
        open={asks === "delete"}
        onClose={close}
        title={`Delete ${name} for good?`}
        action={`Delete the ${what}`}
        isBusy={remove.isPending || remove.isSuccess}
        error={remove.error}
        onConfirm={() => remove.mutate()}
      >
        {children}
      </Confirm>
    </>
  );
}

function RenameForm({ id, name, onDone }: { id: string; name: string; onDone: () => void }) {
  const queryClient = useQueryClient();
  const rename = useMutation({
    mutationFn: (to: string) => api.models.rename({ id, name: to }),
    onSuccess: async () => {
      await Promise.all(
        [orpc.models.key(), orpc.training.list.key()].map((queryKey) => queryClient.invalidateQueries({ queryKey })),
      );
      onDone();
    },
  });
  return (
    <NameForm
      initial={name}
      schema={modelName}
      action="Rename"
      hint="A run and the model it made have one name."
      error={rename.error}
      isBusy={rename.isPending}
      onName={rename.mutate}
    />
  );
}
