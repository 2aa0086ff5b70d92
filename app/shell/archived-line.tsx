"use client";
// A line above every page of an archived project, and for who looks after it the way back.
import { usePathname } from "next/navigation";
import { api } from "../../lib/api/client.ts";
import { may } from "../../lib/vocabulary/labeling.ts";
import { Button } from "../ui/button.tsx";
import { Problem } from "../ui/states.tsx";
import { useMutation } from "../ui/use-mutation.ts";
import { projectIn } from "./paths.ts";
import { useProject } from "./user-context.tsx";

export function ArchivedLine() {
  const project = useProject();
  const isHere = projectIn(usePathname()) === project?.id;
  const restore = useMutation({
    mutationFn: () => api.project.archive({ archived: false }),
    // The server tells every page which projects are archived.
    onSuccess: () => window.location.reload(),
  });
  if (!project || project.archivedAt === null || !isHere) return null;
  return (
    <div role="status" className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line border-b bg-sunken px-4 py-2">
      <p>This project is archived: it can be read, and nothing in it changes.</p>
      {may(project.role, "people") ? (
        <Button busy={restore.isPending} onClick={() => restore.mutate()}>
          Bring it back
        </Button>
      ) : null}
      <Problem error={restore.error} />
    </div>
  );
}
