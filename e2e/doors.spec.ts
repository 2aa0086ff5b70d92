// The doors: what strangers can do to a running server, what a browser may do with its pages, and who comes through a proxy.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import type { Running } from "../lib/launch/start-launcher.ts";
import { expect, test } from "./fixtures.ts";
import { createAdmin, type Person, password } from "./people.ts";
import { childrenOf } from "./server.ts";
import { shippedModelId, writeAndGenerate } from "./work.ts";

const web = (server: Running): number => childrenOf(server).web ?? 0;
const descriptors = (server: Running): number => readdirSync(`/proc/${web(server)}/fd`).length;
const logBytes = (server: Running): number => statSync(join(server.data, "logs", "web.log")).size;
/** Of processor time, in ms. */
const busyMs = (server: Running): number => {
  const [, after = ""] = readFileSync(`/proc/${web(server)}/stat`, "utf8").split(") ");
  const [user = 0, system = 0] = after.split(" ").slice(11, 13).map(Number);
  return 10 * (user + system);
};

const cookieOf = ({ cookies }: Person): string => cookies.map(({ name, value }) => `${name}=${value}`).join("; ");

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

/** A connection that sends these bytes and is never closed by us. */
function hold(server: Running, text: string | Uint8Array): { socket: Socket; closed: Promise<string> } {
  const socket = connect(Number(new URL(server.address).port), "127.0.0.1");
  let said = "";
  socket.on("data", (data) => {
    said += data;
  });
  socket.on("error", () => {});
  const closed = new Promise<string>((resolve) => socket.once("close", () => resolve(said)));
  socket.write(text);
  return { socket, closed };
}

test("connections that nobody upgrades are closed, however many", async ({ server, admin }) => {
  const { host } = new URL(server.address);
  const before = descriptors(server);
  const count = 2_000;
  for (let done = 0; done < count; done += 100) {
    const some = Array.from({ length: 100 }, (_, i) => {
      const path = ["/api/v1/me", "/api/rpc/x", "/", "/_next/hmr"][i % 4];
      return hold(server, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    });
    const said = await Promise.all(some.map(({ closed }) => closed));
    expect(said.filter((one) => !/^HTTP\/1\.1 4\d\d /.test(one))).toEqual([]);
  }
  await expect.poll(() => descriptors(server)).toBeLessThan(before + 20);
  expect((await admin.api.accounts.me())?.username).toBe(admin.username);
  console.log(
    `figure: ${count} upgrades that nobody wants: ${before} descriptors before, ${descriptors(server)} after`,
  );
});

test("malformed requests are refused and leave no line in the log", async ({ server, admin }) => {
  const { host } = new URL(server.address);
  const head = `Host: ${host}\r\nConnection: close\r\n`;
  const posted = (to: string, type: string, body: string, more = "") =>
    `POST ${to} HTTP/1.1\r\n${head}Content-Type: ${type}\r\n${more}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  const json = "application/json";
  const wrong: (string | Uint8Array)[] = [
    `GET /%ff HTTP/1.1\r\n${head}\r\n`,
    `GET /api/v1/projects/practice/prompts/%c3%28 HTTP/1.1\r\n${head}\r\n`,
    `GET // HTTP/1.1\r\n${head}\r\n`,
    `GET http://evil.example/ HTTP/1.1\r\n${head}\r\n`,
    "GET /api/v1/me HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n",
    "GET /sign-in HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    `TRACE /api/v1/me HTTP/1.1\r\n${head}\r\n`,
    `BREW /rank HTTP/1.1\r\n${head}\r\n`,
    `GET /sign-in HTTP/1.1\r\n${head}no header\r\n\r\n`,
    posted("/api/v1/setup", json, "{"),
    posted("/api/rpc/projects/practice/prompts/list", json, '{"json":1,"meta":[[1,"a","b"]]}'),
    posted("/api/v1/setup", "multipart/form-data; boundary=x", "junk"),
    posted("/api/auth/sign-in/username", json, '{"username":'),
    posted("/api/auth/sign-in/username", json, '{"username":1}'),
    posted("/api/auth/sign-out", "text/plain", "x"),
    posted("/api/v1/setup", json, "{}", "Transfer-Encoding: chunked\r\n"),
    Buffer.concat([Buffer.from(posted("/api/v1/setup", json, "xx").slice(0, -2)), Uint8Array.of(0x22, 0xff)]),
  ];
  // Answered as pages are, and read by nobody: a form, and what Next takes for calls of its own.
  const odd = [
    posted("/sign-in", "text/plain", "[]", `Next-Action: ${"a".repeat(42)}\r\n`),
    posted("/sign-in", "multipart/form-data; boundary=x", "junk"),
    `GET /sign-in HTTP/1.1\r\n${head}RSC: 1\r\nNext-Router-State-Tree: ${"x".repeat(3_000)}\r\n\r\n`,
    `GET /sign-in?_rsc=1 HTTP/1.1\r\n${head}RSC: 1\r\nNext-Router-State-Tree: %5B%22%22%5D\r\n\r\n`,
  ];
  await admin.api.accounts.me();
  const before = logBytes(server);
  const rounds = 50;
  let bytes = 0;
  for (let round = 0; round < rounds; round++) {
    const said = await Promise.all([...wrong, ...odd].map((one) => hold(server, one).closed));
    const statuses = said.map((one) => Number(/^HTTP\/1\.1 (\d+)/.exec(one)?.[1]));
    for (const [i, status] of statuses.entries()) {
      const place = `${i}: ${String([...wrong, ...odd][i]).slice(0, 60)}`;
      if (i < wrong.length) expect([400, 405, 415, 421], `${place} ${status}`).toContain(status);
      else expect(status, place).toBeLessThan(500);
    }
    bytes += [...wrong, ...odd].reduce((sum, one) => sum + one.length, 0);
  }
  expect(readFileSync(join(server.data, "logs", "web.log"), "utf8").slice(before)).toBe("");
  const sent = rounds * (wrong.length + odd.length);
  console.log(
    `figure: ${sent} malformed requests, ${Math.round(bytes / 1_000)} kB: ${logBytes(server) - before} bytes of log`,
  );
});

test("streams end with their clients, and a person has so many", async ({ server, admin, person }) => {
  const modelId = await shippedModelId(admin);
  const [made] = await writeAndGenerate(admin, 1, { k: 2, maxTokens: 4 });
  // Held, so that the answers that are watched do not end by themselves, on however slow a machine.
  const worker = childrenOf(server).candidates ?? 0;
  process.kill(worker, "SIGSTOP");
  const before = descriptors(server);
  const [rounds, perPerson] = [3, 50];
  try {
    const waiting = await admin.api.comparisons.create({ promptId: made!.prompt.id, modelId, k: 9, maxTokens: 200 });
    const people = [await person("labeler"), await person("labeler")];
    const watching = (who: Person, signal?: AbortSignal) =>
      fetch(`${server.address}/api/v1/projects/practice/comparisons/${waiting.id}/watch`, {
        headers: { cookie: cookieOf(who) },
        signal,
      });
    for (let round = 0; round < rounds; round++) {
      const leaving = new AbortController();
      const replies = await Promise.all(
        people.flatMap((who) => Array.from({ length: perPerson }, () => watching(who, leaving.signal))),
      );
      expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
      for (const who of people) expect((await watching(who)).status).toBe(429);
      // Enough for some garbage collections, after which a signal that was held by nobody is gone.
      for (let i = 0; i < 300; i++) await admin.api.accounts.me();
      leaving.abort();
      await expect.poll(() => descriptors(server)).toBeLessThan(before + 30);
    }
    await admin.api.comparisons.stop({ id: waiting.id });
  } finally {
    process.kill(worker, "SIGCONT");
  }
  const [from, since] = [busyMs(server), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const share = (busyMs(server) - from) / (performance.now() - since);
  console.log(
    `figure: ${rounds * 2 * perPerson} streams closed by their clients: ${(100 * share).toFixed(1)} % of a core afterwards`,
  );
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
