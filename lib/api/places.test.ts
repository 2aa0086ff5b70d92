// What goes wrong with a model is told to labelers in sentences, and none of them says where on this machine anything lies.
import { mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AnyContractProcedure, isContractProcedure } from "@orpc/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addModel } from "../../db/database.fixture.ts";
import { getTrainingRun } from "../../db/queries/training-runs.ts";
import { addTinyModels, eventually, plain, ranked, readyComparison, settings } from "../installation.fixture.ts";
import { nextAssignment } from "../ranking/assignments.ts";
import { createComparison } from "../ranking/generate.ts";
import { scoreComparison } from "../ranking/score.ts";
import { submitRanking } from "../ranking/submit.ts";
import { withoutPlaces } from "../training/model-directory.ts";
import { newTraining } from "../training/shapes.ts";
import { startTraining } from "../training/start.ts";
import { generateJob } from "../worker/generate-job.ts";
import { work } from "../worker/loop.ts";
import { scoreJob } from "../worker/score-job.ts";
import { writeTinyModel } from "../worker/tiny-model.fixture.ts";
import { trainJob } from "../worker/train-job.ts";
import { tryJob } from "../worker/try-job.ts";
import { createDemonstration } from "../writing/demonstrations.ts";
import { createPrompt } from "../writing/prompts.ts";
import { startTrial } from "../writing/trials.ts";
import { contract } from "./contract.ts";
import { type Server, temporaryServer } from "./server.fixture.ts";

let server: Server;
let shutdown: AbortController;
let worker: Promise<void> | undefined;
beforeEach(async () => {
  server = await temporaryServer();
  await addTinyModels(server);
  shutdown = new AbortController();
});
afterEach(async () => {
  shutdown.abort();
  await worker;
  server.remove();
});

const within = (model: string, name = "") => join(server.directory, "models", model, name);
const edit = async (file: string, change: (json: Record<string, unknown>) => object) =>
  writeFile(file, JSON.stringify(change(JSON.parse(await readFile(file, "utf8")))));
const templated = (chat_template: string) => (model: string) =>
  edit(within(model, "tokenizer_config.json"), (json) => ({ ...json, chat_template }));

/** What a model directory may lack, or hold, so that nothing can be done with it. */
const faults: Record<string, (model: string) => Promise<unknown>> = {
  "no directory": (model) => rm(within(model), { recursive: true }),
  "no weights": (model) => rm(within(model, "model.safetensors")),
  "weights that are a directory": async (model) => {
    await rm(within(model, "model.safetensors"));
    await mkdir(within(model, "model.safetensors"));
  },
  "a tokenizer that is no JSON": (model) => writeFile(within(model, "tokenizer.json"), "{"),
  "a template that is none": templated("{% if %}"),
  "a template that refuses": templated("{{ raise_exception('Not for me.') }}"),
  "a template without an end": templated(
    "{% for i in range(9999) %}{% for j in range(9999) %}x{% endfor %}{% endfor %}",
  ),
  "a link to a place elsewhere": async (model) => {
    await rename(within(model), join(server.directory, "elsewhere"));
    await rm(join(server.directory, "elsewhere", "model.safetensors"));
    await symlink(join(server.directory, "elsewhere"), within(model));
  },
  "an adapter of a base elsewhere": async (model) => {
    await rm(within(model, "model.safetensors"));
    const base_model_name_or_path = join(tmpdir(), "somewhere", "base");
    await writeFile(
      within(model, "adapter_config.json"),
      JSON.stringify({ peft_type: "LORA", base_model_name_or_path, r: 2, lora_alpha: 2, target_modules: ["c_attn"] }),
    );
  },
};

/** Paths of all that is only read. */
const reading = routesOf(contract).filter(({ method }) => method === "GET");
function routesOf(node: object): { method: string; path: string }[] {
  if (!isContractProcedure(node)) return Object.values(node).flatMap(routesOf);
  const { method = "POST", path = "" } = (node as AnyContractProcedure)["~orpc"].route;
  return [{ method, path }];
}

test.each(Object.entries(faults))("a model with %s is told of without a place", async (_, damage) => {
  const { as, db } = server;
  for (const [id, kind] of [
    ["broken", "lm"],
    ["judge", "reward"],
  ] as const) {
    await writeTinyModel(within(id), kind);
    await addModel(db, kind, id);
  }
  const { id: promptId } = await createPrompt(as.labeler, plain("What do otters eat?"));
  await createDemonstration(as.labeler, { promptId, text: "Fish." });
  const scored = await readyComparison(as.writer, promptId, ["Fish.", "Sand."]);
  const held = await nextAssignment(as.labeler, { comparisonId: scored.id });
  await submitRanking(as.labeler, { id: held?.id ?? "", ...ranked("A>B") });
  const of = { ...settings, modelId: "broken" };
  const { id: generated } = await createComparison(as.writer, { ...of, promptId, k: 2 });
  const trial = await startTrial(as.labeler, { prompt: [{ role: "user", content: "Why?" }], ...of });
  await scoreComparison(as.engineer, { id: scored.id, modelId: "judge" });
  const asked = newTraining.parse({ kind: "sft", name: "W", baseModelId: "broken", settings: { epochs: 1, batch: 1 } });
  const { id: run } = await startTraining(as.engineer, asked);

  for (const model of ["broken", "judge"]) await damage(model).catch(() => {});
  const lanes = { generate: generateJob(db), score: scoreJob(db), train: trainJob(db), try: tryJob(db) };
  worker = work({
    db,
    kinds: ["generate", "score", "train", "try"],
    workerId: "worker",
    run: (job, context) => lanes[job.kind as keyof typeof lanes](job, context),
    shutdown: shutdown.signal,
    pollMs: 10,
    report: () => {},
  });
  await eventually(async () => expect((await getTrainingRun(db, run))?.state).toBe("failed"));
  const { cookie } = await server.session("lab", "labeler");
  const bodies: string[] = [];
  const ids = [promptId, scored.id, generated, trial.id, run, "broken", "judge"];
  await eventually(async () => {
    const { body } = await server.call("GET", `/api/v1/projects/practice/comparisons/${generated}`, undefined, {
      cookie,
    });
    expect(body).toMatchObject({ state: "failed" });
  });
  for (const { path } of reading) {
    const places = path.includes("{") ? ids.map((id) => path.replace(/\{\w+\}/, id)) : [path];
    for (const place of places) {
      const answer = await server.fetch(new Request(`http://127.0.0.1:3000/api/v1${place}`, { headers: { cookie } }));
      bodies.push(await answer.text());
    }
  }
  const count = { modelId: "broken", messages: [{ role: "user", content: "Why?" }], answer: "" };
  const counted = await server.call("POST", "/api/v1/projects/practice/models/tokens", count, { cookie });
  bodies.push(JSON.stringify(counted.body));
  // The engineer's own, whom sentences are told as well.
  bodies.push(JSON.stringify(await getTrainingRun(db, run)));
  const said = bodies.join("\n");
  for (const place of [server.directory, process.cwd(), tmpdir()]) expect(said).not.toContain(place);
  expect(said).toMatch(/"error":"[^"]+\./);
});

test.each([
  ["/srv/models/a/config.json is not JSON.", "config.json is not JSON."],
  ["ENOENT: no such file or directory, open '/srv/a b/c.json'", "ENOENT: no such file or directory, open 'c.json'"],
  ["C:\\models\\a\\config.json is not JSON.", "config.json is not JSON."],
  ["Ask https://example.org/a/b or and/or 1/2.", "Ask https://example.org/a/b or and/or 1/2."],
])("%s", (sentence, said) => {
  expect(withoutPlaces(sentence)).toBe(said);
});
