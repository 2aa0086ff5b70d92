// What was measured of a model, each figure with its meaning.
import { Cell, Head, Table } from "../../../../../ui/table.tsx";
import { metricMeaning, metricName, metricText } from "../../metrics.ts";

export function Figures({ metrics }: { metrics: Record<string, number> }) {
  const all = Object.entries(metrics).sort(([one], [other]) => one.localeCompare(other));
  if (all.length === 0) return <p className="text-muted">Nothing was measured of it here.</p>;
  return (
    <Table label="Figures">
      <thead>
        <tr>
          <Head>Figure</Head>
          <Head numeric>Value</Head>
          <Head>Meaning</Head>
        </tr>
      </thead>
      <tbody>
        {all.map(([name, value]) => (
          <tr key={name}>
            <Cell>{metricName(name)}</Cell>
            <Cell numeric>{metricText(name, value)}</Cell>
            <Cell>{metricMeaning(name)}</Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
