// Projects: made by the wizard, seen by those in them alone, cloned, archived, brought back and deleted; by keyboard too.
import type { Page } from "@playwright/test";
import { clientOf } from "../lib/api/session.ts";
import { expect, test } from "./fixtures.ts";
import { inspect } from "./looking.ts";
import { lastPart } from "./pages.ts";
import { plain } from "./work.ts";

/** Waits until the browser has noted that this project is the one used last. */
const remembered = (page: Page, id: string) =>
  expect.poll(async () => (await page.context().cookies()).some(({ value }) => value === id)).toBe(true);
const picker = (page: Page, name: string) => page.getByRole("button", { name: `Project: ${name}` });

test("with one project nobody sees that there could be more, and addresses from before lead into it", async ({
  person,
  pageOf,
}) => {
  const page = await pageOf(await person("labeler"));
  await page.goto("/");
  await expect(page).toHaveURL(/\/p\/practice$/);
  await expect(page.getByRole("heading", { name: "Home" })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Project:/ })).toHaveCount(0);
  await page.goto("/submitted?x=1");
  await expect(page).toHaveURL(/\/p\/practice\/submitted\?x=1$/);
  await page.goto("/p/nowhere/rank");
  await expect(page.getByRole("heading", { name: "There is nothing at this address" })).toBeVisible();
  await page.goto("/nowhere");
  await expect(page.getByRole("heading", { name: "There is nothing at this address" })).toBeVisible();
});

test("a project is made by the keyboard, holds its own work and people, and is cloned, archived and deleted", async ({
  server,
  admin,
  person,
  pageOf,
}) => {
  const [insider, outsider] = [await person("writer"), await person("labeler")];
  const page = await pageOf(admin);
  await page.goto("/projects");
  await inspect(page, "projects");
  await page.getByRole("link", { name: "New project" }).click();

  // A name is asked for, and enough; the rest is chosen by keys.
  await page.getByRole("button", { name: "Next" }).press("Enter");
  await expect(page.getByText("The name is empty: write one.")).toBeVisible();
  await inspect(page, "project-wizard-name");
  await page.getByLabel("Name", { exact: true }).fill("Otters & owls");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Step 2 of 3: Ranking")).toBeVisible();
  await page.getByLabel("Answers to each prompt (K)").selectOption("3");
  await page.getByRole("radio", { name: "Rank only" }).press("Space");
  await inspect(page, "project-wizard-ranking");
  await page.getByRole("button", { name: "Next" }).press("Enter");
  await page.getByLabel(new RegExp(`· ${insider.username}$`)).selectOption("writer");
  await inspect(page, "project-wizard-people");
  await page.getByRole("button", { name: "Make the project" }).press("Enter");
  await expect(page).toHaveURL(/\/p\/(?!practice)\w+$/);
  const id = lastPart(page);
  await expect(picker(page, "Otters & owls")).toBeVisible();
  await expect(page.getByText("There are no prompts yet.")).toBeVisible();
  await inspect(page, "project-home");

  const own = clientOf(server.address, admin.cookies, id);
  expect(await own.settings.get()).toMatchObject({ k: 3, rateFirst: false, modelId: null });
  expect((await own.prompts.list({})).items).toEqual([]);
  expect((await own.guidelines.get({ topic: "rank" })).version).toBe(1);
  const { id: promptId } = await clientOf(server.address, insider.cookies, id).prompts.create(
    plain("Why do owls hoot?"),
  );

  // Whoever is not in it finds nothing, by page, call or download.
  const stranger = await pageOf(outsider);
  await stranger.goto(`/p/${id}/prompts/${promptId}`);
  await expect(stranger.getByRole("heading", { name: "There is nothing at this address" })).toBeVisible();
  await stranger.goto(`/p/practice/prompts/${promptId}`);
  await expect(stranger.getByRole("heading", { name: "There is no such prompt" })).toBeVisible();
  const theirs = clientOf(server.address, outsider.cookies, id);
  await expect(theirs.prompts.list({})).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(outsider.api.prompts.get({ id: promptId })).rejects.toMatchObject({ code: "NOT_FOUND" });
  const download = await stranger.request.get(`/api/export/${id}/demonstrations`);
  expect(download.status()).toBe(404);

  // In both, one has the last one used, and a way between.
  const both = await pageOf(insider);
  await both.goto(`/p/${id}/prompts`);
  await expect(both.getByText("Why do owls hoot?")).toBeVisible();
  await picker(both, "Otters & owls").click();
  await both.getByRole("link", { name: "Practice: the small world" }).click();
  await expect(both).toHaveURL(/\/p\/practice$/);
  await remembered(both, "practice");
  await both.goto("/write");
  await expect(both).toHaveURL(/\/p\/practice\/write$/);
  await both.getByRole("textbox", { name: "Prompt", exact: true }).fill("Half a thought");
  await expect(both.getByText(/^Draft saved/)).toBeVisible();
  await both.goto(`/p/${id}/write`);
  await expect(both.getByRole("textbox", { name: "Prompt", exact: true })).toHaveValue("");
  // A link from before there were projects is to the one that held everything then.
  await both.goto("/prompts/abc");
  await expect(both).toHaveURL(/\/p\/practice\/prompts\/abc$/);

  await page.goto(`/p/${id}/settings`);
  await inspect(page, "project-settings");
  await page.getByRole("button", { name: "Clone …" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("otters & owls");
  await page.getByRole("dialog").getByRole("button", { name: "Clone" }).click();
  await expect(page.getByText("There is a project of this name already: choose another.")).toBeVisible();
  await page.getByRole("dialog").getByLabel("Name").fill("Owls alone");
  await page.getByRole("dialog").getByRole("button", { name: "Clone" }).click();
  await expect(picker(page, "Owls alone")).toBeVisible();
  const clone = clientOf(server.address, admin.cookies, lastPart(page));
  expect(await clone.settings.get()).toMatchObject({ k: 3, rateFirst: false });
  expect((await clone.members.list()).map(({ username }) => username)).toContain(insider.username);
  expect((await clone.prompts.list({})).items).toEqual([]);

  await page.goto(`/p/${id}/settings`);
  await page.getByRole("button", { name: "Archive …" }).click();
  await page.getByRole("button", { name: "Archive the project" }).click();
  await expect(page.getByText("This project is archived: it can be read, and nothing in it changes.")).toBeVisible();
  await inspect(page, "project-archived");
  const archived = "This project is archived and can only be read: bring it back first.";
  await expect(own.prompts.create(plain("One more?"))).rejects.toThrow(archived);
  expect((await own.prompts.list({})).items).toHaveLength(1);
  // The one used last, unless it is archived.
  await both.goto(`/p/${id}/prompts`);
  await remembered(both, id);
  await both.goto("/");
  await expect(both).toHaveURL(new RegExp(`/p/(?!${id})\\w+$`));
  await page.getByRole("button", { name: "Bring it back" }).press("Enter");
  await expect(page.getByText("This project is archived")).toHaveCount(0);
  await own.prompts.create(plain("One more?"));

  await page.getByRole("button", { name: "Delete …" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete Otters & owls for good?" });
  await expect(dialog).toContainText("With it go 2 prompts, 0 demonstrations");
  await expect(dialog.getByRole("link", { name: "Comparisons" })).toBeVisible();
  await inspect(page, "project-delete");
  await dialog.getByLabel("The name of the project, to be sure").fill("Otters");
  await dialog.getByRole("button", { name: "Delete the project" }).click();
  await expect(dialog.getByText("This is not the name of the project: nothing was deleted.")).toBeVisible();
  await dialog.getByLabel("The name of the project, to be sure").fill("Otters & owls");
  await dialog.getByRole("button", { name: "Delete the project" }).press("Enter");
  await expect(page).not.toHaveURL(new RegExp(id));
  await expect(own.prompts.list({})).rejects.toMatchObject({ code: "NOT_FOUND" });
  const names = (await admin.api.projects.list()).map(({ name }) => name);
  expect(names).toEqual(["Practice: the small world", "Owls alone"]);
  // Journeys after this one find the one project they know.
  await clone.project.remove({ name: "Owls alone" });
});
