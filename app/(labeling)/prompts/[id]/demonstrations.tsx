"use client";
// The ideal answers people wrote to this prompt, and the form for one more.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, orpc } from "../../../../lib/api/client.ts";
import { AsWritten } from "../../../ui/as-written.tsx";
import { Button } from "../../../ui/button.tsx";
import { TextArea } from "../../../ui/field.tsx";
import { moment } from "../../../ui/figures.ts";
import { Section } from "../../../ui/frame.tsx";
import { Problem } from "../../../ui/states.tsx";
import { useKeptText } from "../../../ui/use-kept-text.ts";
import { lengthOf } from "../../../ui/written.ts";

interface Demonstration {
  id: string;
  text: string;
  author: string;
  createdAt: number;
}

export function Demonstrations({ promptId, demonstrations }: { promptId: string; demonstrations: Demonstration[] }) {
  const queryClient = useQueryClient();
  const [text, setText, forget] = useKeptText(`demonstration.${promptId}`);
  const add = useMutation({
    mutationFn: () => api.demonstrations.create({ promptId, text }),
    onSuccess: async () => {
      forget();
      queryClient.invalidateQueries({ queryKey: orpc.progress.key() });
      await queryClient.invalidateQueries({ queryKey: orpc.prompts.key() });
    },
  });
  return (
    <Section title="Demonstrations">
      {demonstrations.map((demonstration) => (
        <article key={demonstration.id} className="rounded-md border border-line bg-surface">
          <p className="border-line border-b px-4 py-1.5 text-muted text-sm">
            {demonstration.author} · {moment(demonstration.createdAt)} · {lengthOf(demonstration.text)}
          </p>
          <AsWritten text={demonstration.text} className="px-4 py-3" />
        </article>
      ))}
      <form
        className="flex flex-col items-start gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (!add.isPending) add.mutate();
        }}
      >
        <TextArea
          label={demonstrations.length === 0 ? "Add a demonstration" : "Add another demonstration"}
          value={text}
          onChange={(event) => setText(event.target.value)}
          rows={5}
          hint={`The ideal answer to this prompt. ${lengthOf(text)}`}
          className="w-full"
        />
        <Problem error={add.error} />
        <Button type="submit" busy={add.isPending}>
          {add.isPending ? "Adding …" : "Add demonstration"}
        </Button>
      </form>
    </Section>
  );
}
