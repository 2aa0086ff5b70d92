// A file in a page is read as in the shell: Node has the browser's File and DecompressionStream, too.
import { gzipSync, zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { bytesInNode } from "../../../../../lib/datasets/files/in-node.ts";
import { surveyFile } from "../../../../../lib/datasets/import-file.ts";
import { fileInPage } from "./in-page.ts";

const csv = '\ufeffprompt;completion\r\n"What do\r\notters eat?";Fish.\r\n;Crabs.\r\nDo they swim?;\r\n';

test.each([
  ["as it is", "otters.csv", Buffer.from(csv)],
  ["packed", "otters.csv.gz", gzipSync(csv)],
])("%s: the same rows and the same hash", async (_, name, bytes) => {
  const here = await surveyFile(fileInPage(new File([new Uint8Array(bytes)], name)));
  expect(here).toEqual(await surveyFile(bytesInNode(name, bytes)));
  expect(here.survey).toMatchObject({
    rows: 3,
    counts: { demonstration: 1, prompt: 1 },
    problems: [{ number: 3, reason: '"prompt" is missing.' }],
  });
});

test("what is damaged, and what no browser unpacks, is refused in one sentence", async () => {
  const survey = (bytes: Uint8Array) => surveyFile(fileInPage(new File([new Uint8Array(bytes)], "otters.csv")));
  await expect(survey(gzipSync(csv).subarray(0, 40))).rejects.toThrow(
    "The file is damaged: it cannot be unpacked to its end.",
  );
  await expect(survey(zstdCompressSync(csv))).rejects.toThrow(
    "Browsers cannot unpack Zstandard: unpack the file first",
  );
});
