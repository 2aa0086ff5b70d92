// Every screen in light, dark and on a phone: nothing for axe to complain about, and a picture for people to look at.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { picture } from "./pictures.ts";
import { rank, startTraining, writeAndGenerate } from "./work.ts";

const looks = [
  { name: "light", colorScheme: "light", viewport: { width: 1280, height: 900 } },
  { name: "dark", colorScheme: "dark", viewport: { width: 1280, height: 900 } },
  { name: "phone", colorScheme: "light", viewport: { width: 390, height: 844 } },
] as const;

async function inspect(page: Page, name: string): Promise<void> {
  for (const look of looks) {
    await page.emulateMedia({ colorScheme: look.colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize(look.viewport);
    const { violations } = await new AxeBuilder({ page })
      .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
      .analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
    expect.soft(found, `${name}, ${look.name}`).toEqual([]);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect.soft(wide, `${name}, ${look.name}: pixels that stick out to the right`).toBeLessThanOrEqual(0);
    await picture(page, `${name}-${look.name}`);
  }
}

test("the setup and the sign-in", async ({ launch, page, server, admin }) => {
  expect(admin.role).toBe("admin");
  const fresh = await launch();
  await page.goto(fresh.address);
  await expect(page.getByRole("heading", { name: "Welcome to Rankloop" })).toBeVisible();
  await inspect(page, "setup");
  await page.goto(`${server.address}/sign-in`);
  await expect(page.getByRole("heading", { name: "Sign in to Rankloop" })).toBeVisible();
  await inspect(page, "sign-in");
});

test("the screens of a project that has just begun", async ({ launch, pageOf }) => {
  test.setTimeout(120_000);
  const { createAdmin } = await import("./people.ts");
  const fresh = await launch();
  const ada = await createAdmin(fresh.address);
  const page = await pageOf(ada);
  for (const room of ["rank", "export", "train", "models"]) {
    await page.goto(`${fresh.address}/${room}`);
    await settled(page);
    await inspect(page, `empty-${room}`);
  }
});

test("the screens of a project at work", async ({ admin, pageOf }) => {
  test.setTimeout(240_000);
  const page = await pageOf(admin);
  const [ranked, waiting] = await writeAndGenerate(admin, 2, { k: 4, maxTokens: 32 });
  await writeAndGenerate(admin, 2, { k: 2, maxTokens: 12, split: "valid" });
  await rank(admin, 1);
  await rank(admin, 2);
  const run = await startTraining(admin, { epochs: 2 });
  for await (const { run: now } of await admin.api.training.watch({ id: run })) if (now.state === "done") break;
  const rooms: [name: string, path: string, shows: string | RegExp][] = [
    ["home", "/", "Home"],
    ["write", "/write", "Write a prompt"],
    ["prompts", "/prompts", "Prompts"],
    ["prompt", `/prompts/${ranked?.prompt.id}`, "Prompt"],
    ["answers", `/comparisons/${ranked?.id}`, "4 answers"],
    ["rank", "/rank", "Rank the answers"],
    ["export", "/export", "Export"],
    ["train", "/train", "Train"],
    ["training-run", `/train/${run}`, "A reward model"],
    ["models", "/models", "Models"],
    ["people", "/people", "People"],
    ["nothing-there", "/nothing/at/all", "There is nothing at this address"],
  ];
  expect(waiting).toBeDefined();
  for (const [name, path, shows] of rooms) {
    await page.goto(path);
    await expect(page.getByRole("heading", { name: shows, exact: true }).first()).toBeVisible();
    await settled(page);
    await inspect(page, name);
  }
});

/** What is being loaded is there. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState("load");
  await expect(page.getByRole("status").filter({ hasText: "Loading" })).toHaveCount(0);
}
