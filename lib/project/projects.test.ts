// Projects: what archiving one stops, what bringing it back sets going, and whom deleting one waits for.
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { setImmediate as letOthersRun } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addJob, addPrompt, runSql, testProject } from "../../db/database.fixture.ts";
import { generationTask, writeAnswers } from "../../db/queries/candidates.ts";
import { listEvents } from "../../db/queries/events.ts";
import { acknowledgeCancel, claimJob, finishJob, getJob, heartbeatJob } from "../../db/queries/jobs.ts";
import {
  addTinyModels,
  type Installation,
  readyComparison,
  settings,
  temporaryInstallation,
} from "../installation.fixture.ts";
import { createComparison } from "../ranking/generate.ts";
import { viewComparison } from "../ranking/view.ts";
import { archiveProject, createProject, removeProject } from "./projects.ts";

let installation: Installation;
let as: Installation["as"];
beforeEach(async () => {
  installation = await temporaryInstallation();
  ({ as } = installation);
  await addTinyModels(installation);
});
afterEach(() => installation.remove());

const workerId = "w";
const claimNext = async () =>
  claimJob(installation.db, { kinds: ["generate"], workerId, leaseMs: 60_000, now: installation.clock.now });
const live = async () =>
  (await runSql(installation.db, "select kind from job where state in ('waiting', 'running') order by kind")).flat();

test("archiving a project stops what waits at once, and asks for the end of what runs; other projects work on", async () => {
  const { db } = installation;
  const { id: other } = await createProject(as.admin, {
    name: "Other",
    modelId: null,
    k: 2,
    rateFirst: true,
    people: [],
  });
  const elsewhere = await addJob(db, { kind: "judge", projectId: other, subjectId: other });
  const promptId = await addPrompt(db);
  const first = await createComparison(as.labeler, { ...settings, promptId, k: 2 });
  const running = await claimNext();
  const second = await createComparison(as.labeler, { ...settings, promptId, k: 2 });

  await archiveProject(as.admin, { archived: true });
  expect((await viewComparison(as.labeler, { id: second.id })).state).toBe("stopped");
  expect((await viewComparison(as.labeler, { id: first.id })).state).toBe("generating");
  const held = { id: running?.id ?? "", workerId };
  expect(await heartbeatJob(db, { ...held, leaseMs: 60_000 })).toEqual({ lost: false, cancelRequested: true });
  await acknowledgeCancel(db, held);
  expect((await viewComparison(as.labeler, { id: first.id })).state).toBe("stopped");
  expect(await live()).toEqual(["judge"]);
  expect((await getJob(db, elsewhere))?.state).toBe("waiting");
  const told = (await listEvents(db, { project: as.admin.project, limit: 5 })).map(({ verb }) => verb);
  // Newest first: what ran, the second comparison, what is asked of the first, the reward model's scores.
  expect(told).toEqual(["job.stop", "job.stop", "job.askStop", "job.stop", "project.archive"]);
});

test("brought back, a project's answers are scored again, and nothing else goes on by itself", async () => {
  const { db } = installation;
  await readyComparison(as.labeler, await addPrompt(db), ["Sand.", "Fish."]);
  await createComparison(as.labeler, { ...settings, promptId: await addPrompt(db), k: 2 });
  expect(await live()).toEqual(["generate", "judge"]);
  await archiveProject(as.admin, { archived: true });
  expect(await live()).toEqual([]);
  await archiveProject(as.admin, { archived: false });
  expect(await live()).toEqual(["judge"]);
});

test("an answer that was all but written when its project was archived is kept, and sets nothing going", async () => {
  const { db } = installation;
  const { id } = await createComparison(as.labeler, { ...settings, promptId: await addPrompt(db), k: 2 });
  const held = { id: (await claimNext())?.id ?? "", workerId };
  const task = await generationTask(db, id);
  const written = task?.candidates.map((one) => ({ id: one.id, text: "Sand.", tokens: 2, finish: "stop" as const }));
  await writeAnswers(db, held, id, written ?? []);
  await archiveProject(as.admin, { archived: true });
  await finishJob(db, held);
  expect((await viewComparison(as.labeler, { id })).state).toBe("ready");
  expect(await live()).toEqual([]);
});

test("a project is deleted once its worker has stopped, which is asked to; one that is gone is not waited for", async () => {
  const { db, clock, directory } = installation;
  const promptId = await addPrompt(db);
  await createComparison(as.admin, { ...settings, promptId, k: 2 });
  const job = await claimNext();
  const claim = { id: job?.id ?? "", workerId };
  let isDeleted = false;
  const deleting = removeProject(as.admin, { name: testProject }).then(() => {
    isDeleted = true;
  });
  while (!(await getJob(db, claim.id))?.cancelRequested) await letOthersRun();
  // What it still writes goes with the rest.
  const files = path.join(directory, "models", "tiny-lm");
  await writeFile(path.join(files, "late"), "");
  expect(isDeleted).toBe(false);
  await acknowledgeCancel(db, claim, clock.now);
  await deleting;
  expect([existsSync(files), await runSql(db, "select id from job")]).toEqual([false, []]);
});

test("a worker whose lease has run out holds no deletion up", async () => {
  const { db, clock } = installation;
  await createComparison(as.admin, { ...settings, promptId: await addPrompt(db), k: 2 });
  await claimNext();
  clock.now += 60_001;
  await removeProject(as.admin, { name: testProject });
  expect(await runSql(db, "select id from job")).toEqual([]);
});
