// The writing screen as a person finds it: how to get there, its fields, and what is kept of them.
import type { Page } from "@playwright/test";
import { expect } from "./fixtures.ts";
import type { Person } from "./people.ts";

export const promptField = (page: Page) => page.getByRole("textbox", { name: "Prompt", exact: true });
export const demonstrationField = (page: Page) => page.getByRole("textbox", { name: "Demonstration (optional)" });

export async function openWrite(page: Page): Promise<void> {
  await page.goto("/write");
  await expect(page.getByRole("radio", { name: "Plain" })).toBeEnabled();
}

/** Resolves when the server has this text in the person's draft. */
export async function draftSaved(person: Person, text: string, subject = "prompt"): Promise<void> {
  await expect
    .poll(async () => JSON.stringify((await person.api.drafts.get({ subject }))?.content ?? null))
    .toContain(text);
}
