// Accounts: what an admin does with them on the People screen, and everyone with their own, seen by those concerned.
import { expect, test } from "./fixtures.ts";
import { inspect } from "./looking.ts";
import { createAdmin, password } from "./people.ts";

test("an admin takes somebody out, lets them in again with another role and a new password", async ({
  admin,
  person,
  pageOf,
  browser,
  server,
}) => {
  const labeler = await person("labeler");
  const theirs = await pageOf(labeler);
  await theirs.goto("/write");
  await expect(theirs.getByRole("heading", { name: "Write a prompt" })).toBeVisible();

  const page = await pageOf(admin);
  await page.goto("/people");
  const row = page.getByRole("row").filter({ hasText: labeler.username });
  // A list that is read again just then may close the menu: one opens it once more.
  const choose = (command: string) =>
    expect(async () => {
      await row.getByRole("button", { name: `Change ${labeler.name}` }).click();
      const item = page.getByRole("button", { name: command, exact: true }).filter({ visible: true });
      await item.click({ timeout: 10_000 });
    }).toPass();
  await choose("Sessions …");
  await expect(page.getByRole("dialog").getByRole("listitem")).toHaveCount(1);
  await page.getByRole("button", { name: "Close" }).click();
  await choose("Deactivate …");
  const dialog = page.getByRole("dialog", { name: `Deactivate ${labeler.name}` });
  await dialog.getByRole("button", { name: "Deactivate" }).click();
  await expect(row).toContainText("deactivated");
  await theirs.goto("/write");
  await expect(theirs).toHaveURL(/\/sign-in/);
  await theirs.getByLabel("User name").fill(labeler.username);
  await theirs.getByLabel("Password").fill(password);
  await theirs.getByRole("button", { name: "Sign in" }).click();
  await expect(theirs.getByText("This account is closed: ask an admin.")).toBeVisible();

  await choose("Activate");
  await expect(row).not.toContainText("deactivated");
  await choose("Role …");
  await page.getByRole("dialog").getByLabel("Annotator").check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(row).toContainText("Annotator");
  await choose("New password …");
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = await page.getByLabel("Link").inputValue();
  await inspect(page, "people-new-password");

  const fresh = await (await browser.newContext()).newPage();
  await fresh.goto(link);
  await fresh.getByLabel("New password").fill("password1");
  await fresh.getByRole("button", { name: "Save and sign in" }).click();
  await expect(fresh.getByText("on the lists of common passwords")).toBeVisible();
  await fresh.getByLabel("New password").fill("a much better one");
  await fresh.getByRole("button", { name: "Save and sign in" }).click();
  await expect(fresh.getByRole("button", { name: `Account of ${labeler.name}` })).toBeVisible();
  await expect(fresh.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Write" })).toHaveCount(0);
  // A whole new page, not the hash of the one that is open.
  const again = await fresh.context().newPage();
  await again.goto(link);
  await again.getByLabel("New password").fill("yet another one");
  await again.getByRole("button", { name: "Save and sign in" }).click();
  await expect(again.getByText("This link has been used or is too old")).toBeVisible();
  await fresh.context().close();
  expect(server.address).toBe(new URL(link).origin);
});

test("the only admin is told that they stay", async ({ launch, browser }) => {
  const server = await launch();
  const admin = await createAdmin(server.address);
  const context = await browser.newContext({ baseURL: server.address });
  await context.addCookies(admin.cookies.map((cookie) => ({ ...cookie, url: server.address })));
  const page = await context.newPage();
  await page.goto("/people");
  await page.getByRole("button", { name: "Change Ada Admin" }).click();
  await page.getByRole("button", { name: "Deactivate …" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Deactivate" }).click();
  await expect(
    page.getByText("This is the only admin of the installation: make someone else admin first."),
  ).toBeVisible();
  await context.close();
});

test("one's own password is changed from the account menu, and every other session ends", async ({
  person,
  pageOf,
}) => {
  const writer = await person("writer");
  const [here, there] = [await pageOf(writer), await pageOf(writer)];
  await there.goto("/");
  await here.goto("/");
  await here.getByRole("button", { name: `Account of ${writer.name}` }).click();
  await here.getByRole("link", { name: "Password and sessions" }).click();
  await expect(here.getByRole("heading", { name: "Your account" })).toBeVisible();
  await expect(here.getByText("This one")).toBeVisible();
  await inspect(here, "account");
  await here.getByLabel("Current password").fill("not this one");
  await here.getByLabel("New password").fill("a much better one");
  await here.getByRole("button", { name: "Change password" }).click();
  await expect(here.getByText("This is not your current password.")).toBeVisible();
  await here.getByLabel("Current password").fill(password);
  await here.getByRole("button", { name: "Change password" }).click();
  await expect(here.getByText("Changed. You are signed in only here now.")).toBeVisible();
  await expect(here.getByRole("list", { name: "Sessions" }).getByRole("listitem")).toHaveCount(1);
  // The cookie of both windows is the one from before: the one here has been replaced, the other is worth nothing.
  await there.goto("/write");
  await expect(there).toHaveURL(/\/sign-in/);
  await here.goto("/write");
  await expect(here.getByRole("heading", { name: "Write a prompt" })).toBeVisible();
});
