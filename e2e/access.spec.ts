// Who may not, and what may not be sent: one clear sentence each, and nothing changes.
import { ORPCError } from "@orpc/client";
import { getComparison } from "../db/queries/comparisons.ts";
import { overview } from "../db/queries/progress.ts";
import type { ApiClient } from "../lib/api/client.ts";
import { limits } from "../lib/api/limits.ts";
import type { Role } from "../lib/preference/labeling.ts";
import { expect, test } from "./fixtures.ts";
import { clientOf, type Person, password } from "./people.ts";
import { promptText, shippedModelId, writeAndGenerate } from "./work.ts";

/** Calls that only some may make, with input that would be good enough for those. */
const calls: [name: string, who: Role[], call: (api: ApiClient) => Promise<unknown>][] = [
  ["people.list", ["admin"], (api) => api.people.list()],
  ["people.add", ["admin"], (api) => api.people.add({ username: "mallory", name: "M", password, role: "admin" })],
  ["exports.preview", ["admin", "reviewer"], (api) => api.exports.preview({ dataset: "comparisons" })],
  ["training.list", ["admin", "reviewer"], (api) => api.training.list()],
  ["training.stop", ["admin", "reviewer"], (api) => api.training.stop({ id: "none" })],
  [
    "prompts.create",
    ["admin", "reviewer", "labeler"],
    (api) => api.prompts.create({ text: promptText(), useCase: "chat" }),
  ],
  ["assignments.next", ["admin", "reviewer", "labeler"], (api) => api.assignments.next()],
];

test("the API refuses whoever is not signed in, with one sentence", async ({ server, admin }) => {
  for (const [name, , call] of calls) {
    const error = await refusal(call(clientOf(server.address)));
    expect([name, error.status, error.message]).toEqual([name, 401, "Sign in first."]);
  }
  const download = await fetch(`${server.address}/api/export/comparisons`);
  expect(download.status).toBe(401);
  expect(
    await clientOf(server.address, [{ name: "better-auth.session_token", value: "made.up" }]).people.me(),
  ).toBeNull();
  expect((await admin.api.people.me())?.username).toBe(admin.username);
});

test("the API refuses a role that may not, and says who may", async ({ person, db }) => {
  const labeler = await person("labeler");
  const me = await labeler.api.people.me();
  const before = await overview(db, { personId: me?.id ?? "", now: Date.now() });
  for (const [name, who, call] of calls.filter(([, roles]) => !roles.includes("labeler"))) {
    const error = await refusal(call(labeler.api));
    expect([name, error.status]).toEqual([name, 403]);
    expect(error.message).toContain(`Only ${who.map((role) => `${role}s`).join(" and ")} may`);
  }
  expect(await overview(db, { personId: me?.id ?? "", now: Date.now() })).toEqual(before);
});

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
  const me = await api.people.me();
  const modelId = await shippedModelId(admin);
  const { id: promptId } = await api.prompts.create({ text: promptText(), useCase: "chat" });
  const before = await overview(db, { personId: me?.id ?? "", now: Date.now() });
  const bad: [call: () => Promise<unknown>, status: number, sentence: RegExp][] = [
    [() => api.prompts.create({ text: " \n", useCase: "chat" }), 400, /The prompt is empty/],
    [
      () => api.prompts.create({ text: "x".repeat(limits.promptCharacters + 1), useCase: "chat" }),
      400,
      /at most 20,000 characters/,
    ],
    [() => api.prompts.create({ text: "x".repeat(1_100_000), useCase: "chat" }), 413, /at most 1 MB/],
    [() => api.prompts.create({ text: "half \ud83d", useCase: "chat" }), 400, /lone surrogate/],
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
  const broken = await fetch(`${server.address}/api/v1/prompts`, {
    method: "POST",
    headers: { "content-type": "application/json", ...cookieOf(admin) },
    body: '{"text": "cut of',
  });
  expect(broken.status).toBe(400);
  const elsewhere = await fetch(`${server.address}/api/v1/prompts`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: "http://elsewhere.example", ...cookieOf(admin) },
    body: JSON.stringify({ text: "written from another site", useCase: "chat" }),
  });
  expect(elsewhere.status).toBe(403);
  expect(await overview(db, { personId: me?.id ?? "", now: Date.now() })).toEqual(before);
});

test("someone else's assignment is refused, and a bad notation leaves it as it is", async ({ admin, person, db }) => {
  const [grace, mallory] = [await person("labeler"), await person("labeler")];
  await writeAndGenerate(admin, 1, { k: 3, maxTokens: 4 });
  const mine = await grace.api.assignments.next();
  const id = mine?.id ?? "";
  for (const notation of ["A>B", "A>B>B=C", "A>B>C>D", "A>>B=C", ""]) {
    const error = await refusal(grace.api.rankings.submit({ id, notation }));
    expect([notation, error.status]).toEqual([notation, 400]);
    expect(error.message).toMatch(/^[A-Z"“].*\.$/);
  }
  for (const call of [
    () => mallory.api.rankings.submit({ id, notation: "A>B>C" }),
    () => mallory.api.assignments.release({ id }),
    () => mallory.api.assignments.renew({ id }),
    () => mallory.api.assignments.skip({ id, reason: "broken" }),
  ]) {
    const error = await refusal(call());
    expect([403, 404]).toContain(error.status);
  }
  expect(await grace.api.assignments.next()).toMatchObject({ id });
  const { comparisonId } = await grace.api.rankings.submit({ id, notation: "C>A=B" });
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
  await page.getByRole("button", { name: "Save prompt" }).click();
  await expect(page.getByRole("heading", { name: "Prompt", exact: true })).toBeVisible();
  await expect(page.getByText(text, { exact: false })).toBeVisible();
  expect(await page.title()).not.toContain("broken into");
  expect(dialogs).toEqual([]);

  await page.goto("/write");
  await page.getByRole("button", { name: "Save prompt" }).click();
  await expect(page.getByText("The prompt is empty", { exact: false })).toBeVisible();
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
