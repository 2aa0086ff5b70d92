// npm run bench: every benchmark in turn. Figures are ratios within one run, because machines differ and are shared.
import { benchGenerate } from "./generate.ts";
import { benchTrain } from "./train.ts";

await benchTrain();
console.log();
await benchGenerate();
