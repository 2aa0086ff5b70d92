// npm run bench: every benchmark in turn. Figures are ratios within one run, because machines differ and are shared.
import { benchBits } from "./bits.ts";
import { benchGenerate } from "./generate.ts";
import { benchMemory } from "./memory.ts";
import { benchPadding } from "./padding.ts";
import { benchPpo } from "./ppo.ts";
import { benchReward } from "./reward.ts";
import { benchTrain } from "./train.ts";

await benchTrain();
console.log();
await benchReward();
console.log();
await benchPadding();
console.log();
await benchGenerate();
console.log();
await benchBits();
console.log();
await benchMemory();
console.log();
await benchPpo();
