// Who may not, and what may not be sent: one clear sentence each, and nothing changes.

import { ORPCError } from "@orpc/client";
import { inTests } from "../db/database.fixture.ts";
import { getComparison } from "../db/queries/comparisons.ts";
import { overview } from "../db/queries/progress.ts";
import type { ApiClient } from "../lib/api/client.ts";
import { clientOf } from "../lib/api/session.ts";
import { type Duty, duties, may, roles } from "../lib/vocabulary/labeling.ts";
import { limits } from "../lib/vocabulary/limits.ts";
import { expect, test } from "./fixtures.ts";
import { type Person, password } from "./people.ts";
import { plain, promptText, shippedModelId, submission, writeAndGenerate } from "./work.ts";

/** Calls that only some may make, with input that would be good enough for those. */
const calls: [name: string, duty: Duty, call: (api: ApiClient) => Promise<unknown>][] = [
  ["people.list", "people", (api) => api.members.list()],
  [
    "people.add",
    "people",
    (api) => api.members.addAccount({ username: "mallory", name: "M", password, role: "admin" }),
  ],
  ["exports.preview", "export", (api) => api.exports.preview({ dataset: "comparisons" })],
  ["training.list", "train", (api) => api.training.list()],
  ["training.stop", "train", (api) => api.training.stop({ id: "none" })],
  ["comparisons.score", "train", (api) => api.comparisons.score({ id: "none", modelId: "none" })],
  ["prompts.create", "write", (api) => api.prompts.create(plain(promptText()))],
  ["comparisons.stop", "write", (api) => api.comparisons.stop({ id: "none" })],
  ["candidates.regenerate", "write", (api) => api.comparisons.regenerate({ id: "none" })],
  ["trials.start", "write", (api) => api.trials.start({ prompt: promptText() })],
  ["demonstrations.review", "review", (api) => api.demonstrations.review({ id: "none", rating: 7, returned: false })],
  ["judge.disputes", "train", (api) => api.judge.disputes({})],
  ["judge.review", "review", (api) => api.judge.review({ id: "none", verdict: "stands" })],
  ["settings.update", "lead", (api) => api.settings.update({ rateFirst: false })],
  ["guidelines.publish", "lead", (api) => api.guidelines.publish({ topic: "rank", text: "Rank.", basedOn: 1 })],
  ["assignments.next", "rank", (api) => api.assignments.next()],
  ["assignments.get", "rank", (api) => api.assignments.get({ id: "none" })],
  ["rankings.mine", "rank", (api) => api.rankings.mine({})],
  ["drafts.save (prompt)", "write", (api) => api.drafts.save({ ...draft, subject: "prompt" })],
  ["drafts.save (ranking)", "rank", (api) => api.drafts.save({ ...draft, subject: "ranking:none" })],
];
const draft = { basedOn: 0, writer: "w", content: {} };

test("the API refuses whoever is not signed in, with one sentence", async ({ server, admin }) => {
  for (const [name, , call] of calls) {
    const error = await refusal(call(clientOf(server.address)));
    expect([name, error.status, error.message]).toEqual([name, 401, "Sign in first."]);
  }
  const download = await fetch(`${server.address}/api/export/practice/comparisons`);
  expect(download.status).toBe(401);
  expect(
    await clientOf(server.address, [{ name: "better-auth.session_token", value: "made.up" }]).accounts.me(),
  ).toBeNull();
  expect((await admin.api.accounts.me())?.username).toBe(admin.username);
});

for (const role of roles.filter((one) => one !== "admin")) {
  test(`the API refuses ${role}s what they may not, and says who may`, async ({ person, db }) => {
    const { api } = await person(role);
    const me = await api.accounts.me();
    const before = await overview(inTests(db), { personId: me?.id ?? "", now: Date.now() });
    const refused = calls.filter(([, duty]) => !may(role, duty));
    expect(refused.length).toBeGreaterThan(0);
    for (const [name, duty, call] of refused) {
      const error = await refusal(call(api));
      const who = new Intl.ListFormat("en").format(duties[duty].map((one) => `${one}s`));
      expect([name, error.status, error.message]).toEqual([name, 403, expect.stringContaining(`Only ${who} may`)]);
    }
    expect(await overview(inTests(db), { personId: me?.id ?? "", now: Date.now() })).toEqual(before);
  });
}

test("pages lead the signed-out to the sign-in and back, and tell others what is not theirs", async ({
  server,
  page,
  person,
  pageOf,
}) => {
  const labeler = await person("labeler");
  await page.goto(`${server.address}/rank`);
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.getByLabel("User name").fill(labeler.username);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "do not belong together" })).toBeVisible();
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/rank$/);

  const mine = await pageOf(labeler);
  for (const room of ["Export", "Train", "Models", "People"]) {
    await mine.goto(`/${room.toLowerCase()}`);
    await expect(mine.getByRole("heading", { name: `${room} is not part of your role` })).toBeVisible();
    await expect(mine.getByRole("navigation", { name: "Main" }).getByRole("link", { name: room })).toHaveCount(0);
  }
});

test("the setup is closed once there is an account", async ({ server, page, admin }) => {
  expect(admin.role).toBe("admin");
  const error = await refusal(
    clientOf(server.address).setup.createAdmin({ username: "second", name: "Second", password }),
  );
  expect([error.status, error.message]).toEqual([409, "Rankloop is set up already: sign in."]);
  await page.goto(`${server.address}/setup`);
  await expect(page.getByRole("heading", { name: "Sign in to Rankloop" })).toBeVisible();
});

test("bad input by the API is refused with one sentence and stores nothing", async ({ server, admin, db }) => {
  const { api } = admin;
  const me = await api.accounts.me();
  const modelId = await shippedModelId(admin);
  const { id: promptId } = await api.prompts.create(plain(promptText()));
  const before = await overview(inTests(db), { personId: me?.id ?? "", now: Date.now() });
  const bad: [call: () => Promise<unknown>, status: number, sentence: RegExp][] = [
    [() => api.prompts.create(plain(" \n")), 400, /The prompt is empty/],
    [() => api.prompts.create(plain("x".repeat(limits.promptCharacters + 1))), 400, /at most 20,000 characters/],
    [() => api.prompts.create(plain("x".repeat(1_100_000))), 413, /at most 1 MB/],
    [() => api.prompts.create(plain("half \ud83d")), 400, /lone surrogate/],
    [() => api.comparisons.create({ promptId, modelId, k: 1 }), 400, /K is at least 2/],
    [() => api.comparisons.create({ promptId, modelId, k: 10 }), 400, /K is at most 9/],
    [() => api.comparisons.create({ promptId, modelId: "none", k: 2 }), 404, /no such model/],
    [() => api.comparisons.create({ promptId: "none", modelId, k: 2 }), 404, /no such prompt/],
    [() => api.rankings.submit({ id: "none", notation: "A>B" }), 404, /./],
  ];
  for (const [call, status, sentence] of bad) {
    const error = await refusal(call());
    expect([error.status, String(error.message)]).toEqual([status, expect.stringMatching(sentence)]);
    expect(error.message).not.toContain("\n");
  }
  const broken = await fetch(`${server.address}/api/v1/projects/practice/prompts`, {
    method: "POST",
    headers: { "content-type": "application/json", ...cookieOf(admin) },
    body: '{"kind": "plain", "prompt": "cut of',
  });
  expect(broken.status).toBe(400);
  const elsewhere = await fetch(`${server.address}/api/v1/projects/practice/prompts`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: "http://elsewhere.example", ...cookieOf(admin) },
    body: JSON.stringify(plain("written from another site")),
  });
  expect(elsewhere.status).toBe(403);
  expect(await overview(inTests(db), { personId: me?.id ?? "", now: Date.now() })).toEqual(before);
});

test("someone else's assignment is refused, and a bad notation leaves it as it is", async ({ admin, person, db }) => {
  const [grace, mallory] = [await person("labeler"), await person("labeler")];
  const [made] = await writeAndGenerate(admin, 1, { k: 3, maxTokens: 4 });
  const mine = await grace.api.assignments.next({ comparisonId: made?.id });
  if (!mine) throw new Error("Nothing to rank.");
  const { id } = mine;
  const good = submission(mine, "C>A=B");
  for (const notation of ["A>B", "A>B>B=C", "A>B>C>D", "A>>B=C", ""]) {
    const error = await refusal(grace.api.rankings.submit({ id, ...good, notation }));
    expect([notation, error.status]).toEqual([notation, 400]);
    expect(error.message).toMatch(/^[A-Z"“].*\.$/);
  }
  const [first, ...rest] = good.ratings;
  const badRatings: [ratings: unknown[], sentence: RegExp][] = [
    [rest, /^Rate answer A first\.$/],
    [[...good.ratings, first], /^Answer A is rated twice\.$/],
    [[...rest, { ...first, label: "D" }], /^There is no answer D to rate/],
    [[...rest, { ...first, likert: 8 }], /^"ratings\.\d\.likert" should be at most 7\.$/],
    [[...rest, { ...first, flags: ["rude"] }], /^"ratings\.\d\.flags\.0" should be "[\w-]+", .*\.$/],
    [[...rest, { ...first, note: "x".repeat(limits.noteCharacters + 1) }], /^A note has at most 5000 characters\.$/],
    [[...rest, { ...first, note: "half \ud83d" }], /lone surrogate/],
  ];
  for (const [ratings, sentence] of badRatings) {
    const error = await refusal(grace.api.rankings.submit({ id, ...good, ratings: ratings as typeof good.ratings }));
    expect([error.status, error.message]).toEqual([400, expect.stringMatching(sentence)]);
  }
  for (const call of [
    () => mallory.api.rankings.submit({ id, ...good }),
    () => mallory.api.assignments.get({ id }),
    () => mallory.api.assignments.release({ id }),
    () => mallory.api.assignments.renew({ id }),
    () => mallory.api.assignments.skip({ id, reason: "broken" }),
  ]) {
    const error = await refusal(call());
    expect([403, 404]).toContain(error.status);
  }
  expect(await grace.api.assignments.next()).toMatchObject({ id });
  const { comparisonId } = await grace.api.rankings.submit({ id, ...good });
  expect((await getComparison(db, comparisonId))?.rankings.map(({ tiers }) => tiers)).toEqual([[[2], [0, 1]]]);
});

test("text is shown as it was written, whatever is in it", async ({ admin, pageOf }) => {
  const page = await pageOf(admin);
  const text = `<img src=x onerror="document.title='broken into'"><script>alert(1)</script> **no bold** \u202eright to left? ${Date.now()}`;
  const dialogs: string[] = [];
  page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await page.goto("/write");
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill(text);
  await page.getByLabel("Use case").selectOption("other");
  await page.getByRole("button", { name: "Save prompt" }).click();
  await expect(page.getByRole("heading", { name: "Prompt", exact: true })).toBeVisible();
  await expect(page.getByText(text, { exact: false })).toBeVisible();
  expect(await page.title()).not.toContain("broken into");
  expect(dialogs).toEqual([]);

  await page.goto("/write");
  await page.getByRole("button", { name: "Save prompt" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Write the prompt" })).toBeVisible();
  await expect(page).toHaveURL(/\/write$/);
});

/** Status and sentence of a call that must be refused. */
async function refusal(call: Promise<unknown>): Promise<{ status: number; message: string }> {
  const error: unknown = await call.then(
    () => new Error("was not refused"),
    (reason) => reason,
  );
  if (error instanceof ORPCError) return { status: error.status, message: error.message };
  throw error;
}

const cookieOf = ({ cookies }: Person) => ({ cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; ") });
