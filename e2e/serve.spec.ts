// A program asks the models of a running Rankloop: a lead makes it a token on the settings screen, and takes it back.
import OpenAI from "openai";
import { expect, test } from "./fixtures.ts";
import { inspect } from "./looking.ts";
import { shippedModelId } from "./work.ts";

test("a lead makes a token, a program asks a model with it, and is refused once it is revoked", async ({
  admin,
  person,
  pageOf,
  server,
}) => {
  const page = await pageOf(await person("reviewer"));
  await page.goto("/settings");
  const list = page.getByRole("list", { name: "API tokens" });
  const make = page.getByRole("button", { name: "Make token" });
  await make.click();
  await expect(page.getByText("Say what the token is for.")).toBeVisible();
  await page.getByLabel("What a new token is for").fill("The trainer");
  await page.keyboard.press("Enter");
  const token = page.getByLabel("The token “The trainer”");
  await expect(token).toHaveValue(/^rankloop_/);
  await expect(list.getByRole("listitem")).toContainText(["The trainer"]);
  const apiKey = await token.inputValue();
  await inspect(page, "api-tokens");

  const client = new OpenAI({ baseURL: `${server.address}/v1`, apiKey, maxRetries: 0 });
  const models = await admin.api.models.list();
  const shipped = await shippedModelId(admin);
  const { name } = models.find(({ id }) => id === shipped)!;
  expect((await client.models.list()).data.map(({ id }) => id)).toContain(name);
  const stream = await client.chat.completions.create({
    model: name,
    messages: [{ role: "user", content: "What do otters eat?" }],
    max_tokens: 8,
    stream: true,
  });
  let text = "";
  for await (const { choices } of stream) text += choices[0]?.delta.content ?? "";
  expect(text).not.toBe("");

  await page.reload();
  await expect(page.getByLabel("The token “The trainer”")).toHaveCount(0);
  await list.getByRole("button", { name: /^Revoke ?: The trainer$/ }).click();
  await expect(page.getByText("There are none: no program may ask the models.")).toBeVisible();
  await expect(client.models.list()).rejects.toThrow(OpenAI.AuthenticationError);
});
