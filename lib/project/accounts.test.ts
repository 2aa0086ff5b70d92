import { afterEach, beforeEach, expect, test } from "vitest";
import { temporaryDatabase } from "../../db/database.fixture.ts";
import type { VisitorContext } from "../context.ts";
import { temporaryInstallation } from "../installation.fixture.ts";
import { createFirstAdmin, listAccounts, me, setupNeeded } from "./accounts.ts";
import { addPerson } from "./members.ts";

let nobody: VisitorContext;
let remove: () => void;
beforeEach(async () => {
  const made = await temporaryDatabase();
  nobody = { db: made.db, actor: null };
  remove = made.remove;
});
afterEach(() => remove());

const account = (username: string) => ({ username, name: username, password: "correct horse" });

test("two visitors set up at the same moment: one admin is made, the other is refused", async () => {
  expect(await setupNeeded(nobody)).toBe(true);
  const results = await Promise.allSettled(
    ["ada", "bob", "cem"].map((name) => createFirstAdmin(nobody, account(name))),
  );
  const made = results.filter((one) => one.status === "fulfilled");
  expect(made).toHaveLength(1);
  const admin = { ...nobody, actor: made[0]!.value };
  expect(await listAccounts(admin)).toMatchObject([{ ...made[0]!.value, isAdmin: true }]);
  expect(await setupNeeded(nobody)).toBe(false);
  await expect(createFirstAdmin(nobody, account("dee"))).rejects.toMatchObject({
    code: "CONFLICT",
    message: "Rankloop is set up already: sign in.",
  });
});

test("an admin adds people; a user name is one person's, however it is spelled", async () => {
  const installation = await temporaryInstallation();
  const { admin } = installation.as;
  const made = await addPerson(admin, { ...account("Grace.H"), role: "reviewer" });
  expect(made).toMatchObject({ username: "grace.h", role: "reviewer" });
  await expect(addPerson(admin, { ...account("GRACE.H"), role: "labeler" })).rejects.toThrow(
    "The user name GRACE.H is taken: choose another.",
  );
  const { role: _, ...account_ } = made;
  expect(await me({ ...admin, actor: made })).toEqual(account_);
  expect(await me(installation.as.nobody)).toBeNull();
  installation.remove();
});
