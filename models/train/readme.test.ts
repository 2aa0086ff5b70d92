import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";

test("every line that the README names for a paper's detail is in the file it names", async () => {
  const here = import.meta.dirname;
  const readme = await readFile(join(here, "README.md"), "utf8");
  const rows = [...readme.matchAll(/^\|.*\[(\S+\.ts)\]\(\1\)\s*\| `(.*)`\s*\|$/gm)];
  const named = readme.match(/^\|.*\.ts\)\s*\| `/gm);
  expect(rows).toHaveLength(named?.length ?? 0);
  expect(rows.length).toBeGreaterThan(60);
  for (const [, file, line] of rows)
    expect(await readFile(join(here, file!), "utf8"), `${file}: ${line}`).toContain(line);
});
