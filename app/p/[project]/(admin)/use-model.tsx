"use client";
// Making a model the project's: its figures beside those of the one in use, and the button. Nothing else ever does it.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api, orpc } from "../../../../lib/api/client.ts";
import { may } from "../../../../lib/vocabulary/labeling.ts";
import type { Model } from "../../../../lib/vocabulary/shapes.ts";
import { useUser } from "../../../shell/user-context.tsx";
import { Button } from "../../../ui/button.tsx";
import { Link } from "../../../ui/link.tsx";
import { Problem } from "../../../ui/states.tsx";
import { Cell, Head, Table } from "../../../ui/table.tsx";
import { useMutation } from "../../../ui/use-mutation.ts";
import { metricName, metricText } from "./metrics.ts";

/** What a language model and a reward model are to a project. */
const parts = {
  lm: { name: "answering model", setting: "modelId" },
  reward: { name: "judge", setting: "rewardModelId" },
} as const;

/** The figures that models are compared by, as far as one of the two has them. */
const compared = [
  "eval/accuracy",
  "eval/accuracy_low",
  "eval/accuracy_high",
  "eval/longer_wins",
  "eval/loss",
  "eval/reward",
  "eval/wins",
  "eval/kl",
  "eval/prompts",
  "train/prompts_held_out",
];

export function UseModel({ model }: { model: Pick<Model, "id" | "name" | "kind" | "metrics" | "problem"> }) {
  const user = useUser();
  const queryClient = useQueryClient();
  const models = useQuery(orpc.models.list.queryOptions());
  const { name: part, setting } = parts[model.kind];
  const use = useMutation({
    mutationFn: () => api.settings.update({ [setting]: model.id }),
    onSuccess: (now) => {
      queryClient.setQueryData(orpc.settings.get.queryKey(), now);
      queryClient.invalidateQueries({ queryKey: orpc.judge.status.key() });
      return queryClient.invalidateQueries({ queryKey: orpc.models.key() });
    },
  });
  if (!models.data) return <Problem error={models.error} />;
  const inUse = models.data.find(({ usedAs }) => usedAs === part);
  if (inUse?.id === model.id) {
    return (
      <p role="status" className="font-medium">
        It is the project’s {part}.
      </p>
    );
  }
  return (
    <section aria-label={`The project’s ${part}`} className="flex max-w-3xl flex-col items-start gap-3">
      <p>
        The project’s {part} is{" "}
        {inUse ? <Link href={`/models/${inUse.id}`}>{inUse.name}</Link> : "none: nobody has chosen one"}. It stays so
        until a lead chooses another.
      </p>
      {inUse ? <Beside model={model} inUse={inUse} /> : null}
      <Problem error={use.error} />
      {user && may(user.role, "lead") ? (
        <Button kind="primary" disabled={model.problem !== null} busy={use.isPending} onClick={() => use.mutate()}>
          Use it as the {part}
        </Button>
      ) : (
        <p className="text-muted">A lead of this project can choose it here, or in the settings.</p>
      )}
    </section>
  );
}

function Beside({ model, inUse }: { model: Pick<Model, "name" | "metrics">; inUse: Model }) {
  const names = compared.filter((name) => name in model.metrics || name in inUse.metrics);
  if (names.length === 0) return null;
  const figure = (metrics: Record<string, number>, name: string) => {
    const value = metrics[name];
    return value === undefined ? "not measured" : metricText(name, value);
  };
  return (
    <>
      <Table label="Beside the one in use">
        <thead>
          <tr>
            <Head>Figure</Head>
            <Head numeric>{model.name}</Head>
            <Head numeric>{inUse.name}, in use</Head>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <tr key={name}>
              <Cell>{metricName(name)}</Cell>
              <Cell numeric>{figure(model.metrics, name)}</Cell>
              <Cell numeric>{figure(inUse.metrics, name)}</Cell>
            </tr>
          ))}
        </tbody>
      </Table>
      {names.some((name) => name in inUse.metrics) ? (
        <p className="text-muted text-sm">Each was measured on the prompts held out when it was trained.</p>
      ) : null}
    </>
  );
}
