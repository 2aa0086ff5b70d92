import { afterEach, beforeEach, expect, test } from "vitest";
import { type Installation, temporaryInstallation } from "../installation.fixture.ts";
import { getGuidelines, markGuidelinesRead, publishGuidelines } from "./guidelines.ts";

let installation: Installation;
beforeEach(async () => {
  installation = await temporaryInstallation();
});
afterEach(() => installation.remove());

const topic = "rank" as const;

test("each person sees what they have read last, until they read what is in force", async () => {
  const { labeler, other, reviewer } = installation.as;
  await publishGuidelines(reviewer, { topic, text: "One.", basedOn: 0 });
  await markGuidelinesRead(labeler, { topic, version: 1 });
  await publishGuidelines(reviewer, { topic, text: "Two.", basedOn: 1 });
  expect(await getGuidelines(labeler, { topic })).toMatchObject({
    version: 2,
    text: "Two.",
    author: "reviewer",
    read: { version: 1, text: "One." },
  });
  expect((await getGuidelines(other, { topic })).read).toBeNull();
  expect((await getGuidelines(reviewer, { topic })).read).toEqual({ version: 2, text: "Two." });
  await markGuidelinesRead(labeler, { topic, version: 2 });
  // A second window that still shows the first version.
  await markGuidelinesRead(labeler, { topic, version: 1 });
  expect((await getGuidelines(labeler, { topic })).read?.version).toBe(2);
  await expect(markGuidelinesRead(labeler, { topic, version: 3 })).rejects.toThrow(
    "There is no version 3 of these guidelines.",
  );
});

test("two leads publish from the same version: the second is told, and nothing of the first is lost", async () => {
  const { admin, reviewer } = installation.as;
  await publishGuidelines(admin, { topic, text: "One.", basedOn: 0 });
  await publishGuidelines(admin, { topic, text: "Two.", basedOn: 1 });
  await expect(publishGuidelines(reviewer, { topic, text: "Mine.", basedOn: 1 })).rejects.toMatchObject({
    code: "CONFLICT",
    message: "Someone has published another version meanwhile. Compare it with yours, then publish again.",
  });
  expect((await getGuidelines(reviewer, { topic })).text).toBe("Two.");
});
