// Puts a text on the clipboard, and says whether it is there.
import { Button } from "./button.tsx";
import { useMutation } from "./use-mutation.ts";

/** @param what the text is, for where a browser does not copy */
export function CopyButton({
  text,
  what,
  kind = "primary",
}: {
  text: string;
  what: string;
  kind?: "primary" | "plain";
}) {
  const copy = useMutation({ mutationFn: () => navigator.clipboard.writeText(text) });
  return (
    <div className="flex items-center gap-3">
      <Button kind={kind} onClick={() => copy.mutate()}>
        Copy
      </Button>
      <span role="status" className="text-muted">
        {copy.isSuccess ? "Copied." : copy.isError ? `This browser does not copy here: select the ${what}.` : null}
      </span>
    </div>
  );
}
