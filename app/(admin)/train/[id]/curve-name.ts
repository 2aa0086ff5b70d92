// What a curve is called in a legend and in a table.
import { metricName } from "../../metrics.ts";
import type { Curve } from "./curves.ts";

/** "Held-out loss", of several runs "Held-out loss · First" */
export const curveName = ({ name, run }: Curve): string =>
  run === null ? metricName(name) : `${metricName(name)} · ${run}`;
