// The texts that PPO-ptx may mix in: the small world's, and JSONL files of {"text"} in the folder `texts` of the data directory.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { dataDirectory } from "../../db/data-directory.ts";
import { smallWorld } from "../vocabulary/labeling.ts";

const folder = () => join(dataDirectory(), "texts");

/** The names of all texts: "small-world", then the files by name. */
export async function textSources(): Promise<string[]> {
  const entries = await readdir(folder(), { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".jsonl")).map(({ name }) => name);
  return [smallWorld, ...files.sort()];
}

/** The file of one of `textSources` other than the small world. */
export const textFile = (source: string): string => join(folder(), source);
