// For tests: commands one after the other in one process, each as the shell hands it over. A process starts for 0.7 s of
// processor time, a small model learns for less. Takes them as JSON and prints what came of each: exit code, stdout, stderr.
import { syncBuiltinESMExports } from "node:module";
import os from "node:os";
import { rankloop } from "./rankloop.ts";

export interface Given {
  words: readonly string[];
  /** Ctrl-C is pressed when the first step is told. */
  stop?: boolean;
}

export interface Ran {
  code: number;
  out: string;
  err: string;
}

// For models as small as these the second thread only waits, which takes processor time, too.
os.availableParallelism = () => 1;
syncBuiltinESMExports();

const print = process.stdout.write.bind(process.stdout);
const all: Ran[] = [];
for (const { words, stop } of JSON.parse(process.argv[2]!) as Given[]) {
  const ran: Ran = { code: 0, out: "", err: "" };
  process.stdout.write = (text) => {
    ran.out += text;
    return true;
  };
  process.stderr.write = (text) => {
    ran.err += text;
    if (stop && /^step 1\//.test(String(text))) process.emit("SIGINT");
    return true;
  };
  ran.code = await rankloop(words);
  // Those of the next command are its own.
  for (const signal of ["SIGINT", "SIGTERM"]) process.removeAllListeners(signal);
  all.push(ran);
}
print(JSON.stringify(all), () => process.exit(0));
