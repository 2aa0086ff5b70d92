// A worker process of the launcher: `start.ts NAME KINDS`.
import { kindsIn } from "./lanes.ts";
import { runWorker } from "./process.ts";

const [name = "", kinds = ""] = process.argv.slice(2);
await runWorker(name, kindsIn(kinds));
