// The doors: what strangers can do to a running server, what a browser may do with its pages, and who comes through a proxy.
import { request } from "node:http";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { createAdmin, password } from "./people.ts";
import { busyMs, leftStreams, logOf, malformedRequests, unwantedUpgrades } from "./strangers.ts";

interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** A call with any headers, Host included. */
function call(
  address: string,
  how: { method?: string; headers?: Record<string, string>; body?: unknown },
): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const headers = { "content-type": "application/json", ...how.headers };
  const sent = request(address, { method: how.method ?? "GET", headers, agent: false }, (reply) => {
    let body = "";
    reply.on("data", (chunk) => {
      body += chunk;
    });
    reply.on("end", () => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body }));
  });
  sent.on("error", reject);
  sent.end(how.body === undefined ? undefined : JSON.stringify(how.body));
  return promise;
}

test("connections that nobody upgrades are closed, however many", async ({ server, admin }) => {
  const told = await unwantedUpgrades(server, 2_000);
  expect((await admin.api.accounts.me())?.username).toBe(admin.username);
  console.log(`figure: ${told}`);
});

test("malformed requests are refused and leave no line in the log", async ({ server, admin }) => {
  await admin.api.accounts.me();
  const before = logOf(server).length;
  const told = await malformedRequests(server, 50);
  expect(logOf(server).slice(before)).toBe("");
  console.log(`figure: ${told}`);
});

test("streams end with their clients, and a person has so many", async ({ server, admin, person }) => {
  const told = await leftStreams(server, admin, [await person("labeler"), await person("labeler")], 3);
  const [from, since] = [busyMs(server), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const share = (busyMs(server) - from) / (performance.now() - since);
  console.log(`figure: ${told}: ${(100 * share).toFixed(1)} % of a core afterwards`);
});

test("pages run no script but their own, and are kept by nobody", async ({ admin, pageOf }) => {
  const inside = await pageOf(admin);
  const complaints = listen(inside);
  const kept: string[] = [];
  inside.on("response", (response) => {
    const { pathname } = new URL(response.url());
    const headers = response.headers();
    expect([pathname, headers["x-content-type-options"]]).toEqual([pathname, "nosniff"]);
    expect([pathname, headers["referrer-policy"]]).toEqual([pathname, "same-origin"]);
    const everybodys = pathname.startsWith("/_next/static/") || pathname === "/icon.svg";
    if (!everybodys && !headers["cache-control"]?.includes("no-store")) kept.push(pathname);
  });
  const rooms = ["", "write", "prompts", "rank", "submitted", "review", "export", "train", "models", "people"];
  for (const room of [...rooms, "settings", "guidelines", "disagreements"]) {
    await inside.goto(`/${room}`);
    await expect(inside.getByRole("heading").first()).toBeVisible();
    await inside.waitForLoadState("networkidle");
  }
  // The theme is set by a script in the page, and changed with a style in it.
  await inside.getByRole("button", { name: "Account of" }).click();
  await inside.getByRole("radio", { name: "Dark" }).check({ force: true });
  await inside.reload();
  await expect(inside.locator("html")).toHaveAttribute("data-theme", "dark");
  expect(complaints).toEqual([]);
  expect(kept).toEqual([]);

  // What gets into the HTML of a page does nothing, neither by itself nor when it is pressed.
  const evil = `document.documentElement.dataset.broken = "into"`;
  await inside.route("**/settings", async (route) => {
    const response = await route.fetch();
    const added = `<script>${evil}</script><img src="/x" onerror='${evil}'><a id="evil" href='javascript:${evil}'>x</a>`;
    await route.fulfill({ response, body: (await response.text()).replace("</body>", `${added}</body>`) });
  });
  const refused = () => complaints.filter((one) => one.includes("directive 'script-src ")).length;
  await inside.goto("/settings");
  await expect.poll(refused).toBe(2);
  await inside.locator("#evil").dispatchEvent("click");
  await expect.poll(refused).toBe(3);
  await expect(inside.locator("html")).not.toHaveAttribute("data-broken");
});

test("pages of the development server come alive under its policy", async ({ launch, page }) => {
  test.setTimeout(900_000);
  const server = await launch(undefined, undefined, {}, ["--dev"]);
  const complaints = listen(page);
  // It is compiled first.
  await page.goto(`${server.address}/setup`, { timeout: 300_000 });
  await expect(page.getByRole("button", { name: "Make the admin account" })).toBeEnabled({ timeout: 300_000 });
  expect(complaints).toEqual([]);
});

/** What the browser complains of. */
function listen(page: Page): string[] {
  const said: string[] = [];
  page.on("console", (message) => message.type() === "error" && said.push(message.text()));
  page.on("pageerror", (error) => said.push(error.message));
  return said;
}

test("whoever comes through a proxy sets up with the code, and is a visitor of their own", async ({ launch, page }) => {
  const server = await launch(undefined, undefined, { RANKLOOP_PROXY: "127.0.0.1" });
  const code = /Set-up code, asked for from anywhere but this machine: (\S+)/.exec(server.said())?.[1] ?? "";
  // As a proxy adds it; the browser's connection comes from the machine itself.
  await page.setExtraHTTPHeaders({ "x-forwarded-for": "198.51.100.7" });
  await page.goto(`${server.address}/setup`);
  await page.getByLabel("Your name").fill("Ada Admin");
  await page.getByLabel("User name").fill("ada");
  await page.getByLabel("Password").fill(password);
  await page.getByLabel("Set-up code").fill("0000-0000-0000");
  await page.getByRole("button", { name: "Make the admin account" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "This is not the set-up code." })).toBeVisible();
  await page.getByLabel("Set-up code").fill(code.toLowerCase());
  await page.getByRole("button", { name: "Make the admin account" }).click();
  await expect(page).toHaveURL(`${server.address}/p/practice`);

  const signIn = (from: string, secret: string) =>
    call(`${server.address}/api/auth/sign-in/username`, {
      method: "POST",
      headers: { "x-forwarded-for": from, origin: server.address },
      body: { username: "ada", password: secret },
    });
  for (let i = 0; i < 5; i++) expect((await signIn("203.0.113.9", `wrong wrong ${i}`)).status).toBe(401);
  expect((await signIn("203.0.113.9", password)).status).toBe(429);
  expect((await signIn("198.51.100.7", password)).status).toBe(200);
});

test("behind TLS cookies are secure, and only the names that are known are answered", async ({ launch }) => {
  const server = await launch(undefined, undefined, { RANKLOOP_URL: "https://rank.example.org" });
  const setUp = (headers: Record<string, string>, code?: string) =>
    call(`${server.address}/api/v1/setup`, {
      method: "POST",
      headers,
      body: { username: "ada", name: "Ada", password, code },
    });
  const code = /Set-up code, asked for from anywhere but this machine: (\S+)/.exec(server.said())?.[1] ?? "";
  const outer = { host: "rank.example.org", origin: "https://rank.example.org" };
  const evil = { host: "evil.example", origin: "http://evil.example" };
  expect((await setUp(evil, code)).status).toBe(421);
  expect((await setUp({ ...outer, origin: "https://evil.example" }, code)).status).toBe(403);
  // From the machine itself, too: a proxy's connections come from there.
  expect((await setUp({})).status).toBe(403);
  expect((await setUp(outer, code)).status).toBe(200);
  const signedIn = await call(`${server.address}/api/auth/sign-in/username`, {
    method: "POST",
    headers: outer,
    body: { username: "ada", password },
  });
  expect(signedIn.headers["strict-transport-security"]).toBe("max-age=31536000");
  const cookie = signedIn.headers["set-cookie"]?.[0] ?? "";
  expect(cookie).toMatch(/^__Secure-.*; HttpOnly; Secure; SameSite=Lax|^__Secure-.*; Secure; HttpOnly/);
  const me = await call(`${server.address}/api/v1/me`, {
    headers: { host: outer.host, cookie: cookie.split(";")[0] ?? "" },
  });
  expect(JSON.parse(me.body)).toMatchObject({ username: "ada" });
  await expect(launch(undefined, undefined, { RANKLOOP_URL: "rank.example.org" })).rejects.toThrow(/without a path/);
  await expect(launch(undefined, undefined, { RANKLOOP_PROXY: "nginx" })).rejects.toThrow(/addresses of your proxy/);
});

test("DNS rebinding makes nobody admin", async ({ launch }) => {
  const server = await launch();
  const reply = await call(`${server.address}/api/v1/setup`, {
    method: "POST",
    headers: { host: "evil.example:3000", origin: "http://evil.example:3000" },
    body: { username: "mallory", name: "M", password },
  });
  expect(reply.status).toBe(421);
  expect((await createAdmin(server.address)).role).toBe("admin");
});
