// The way back for what was removed.
import { Button } from "../../ui/button.tsx";
import { type Edit, lastRemoved, type PromptForm } from "./prompt-form.ts";

export function PutBack({ form, onEdit }: { form: PromptForm; onEdit: (edit: Edit) => void }) {
  const last = lastRemoved(form);
  return (
    <div role="status">
      {last ? (
        <p className="flex flex-wrap items-center gap-x-3 text-muted">
          {last.what === "example" ? "An example was removed." : "Two turns were removed."}
          <Button kind="quiet" onClick={() => onEdit({ type: "put-back" })}>
            {last.what === "example" ? "Put it back" : "Put them back"}
          </Button>
        </p>
      ) : null}
    </div>
  );
}
