// What strangers send to a running server, and clients that leave: each asserts that it comes to nothing, and says its figure.
// At rest in doors.spec.ts, while people work in chaos.spec.ts.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import type { Running } from "../lib/launch/start-launcher.ts";
import { expect } from "./fixtures.ts";
import type { Person } from "./people.ts";
import { childrenOf, standStill } from "./server.ts";
import { plain, promptText, shippedModelId } from "./work.ts";

const web = (server: Running): number => childrenOf(server).web ?? 0;
const descriptors = (server: Running): number => readdirSync(`/proc/${web(server)}/fd`).length;

/** What the web process has said of errors so far. */
export function logOf(server: Running): string {
  const file = join(server.data, "logs", "web.log");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

/** Processor time of the web process so far, ms. */
export const busyMs = (server: Running): number => {
  const [, after = ""] = readFileSync(`/proc/${web(server)}/stat`, "utf8").split(") ");
  const [user = 0, system = 0] = after.split(" ").slice(11, 13).map(Number);
  return 10 * (user + system);
};

const cookieOf = ({ cookies }: Person): string => cookies.map(({ name, value }) => `${name}=${value}`).join("; ");

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

/** Connections that want to become something else: all are answered, and no descriptor stays open. */
export async function unwantedUpgrades(server: Running, count: number): Promise<string> {
  const { host } = new URL(server.address);
  const before = descriptors(server);
  for (let done = 0; done < count; done += 100) {
    const some = Array.from({ length: 100 }, (_, i) => {
      const path = ["/api/v1/me", "/api/rpc/x", "/", "/_next/hmr"][i % 4];
      return hold(server, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    });
    const said = await Promise.all(some.map(({ closed }) => closed));
    expect(said.filter((one) => !/^HTTP\/1\.1 4\d\d /.test(one))).toEqual([]);
  }
  await expect.poll(() => descriptors(server)).toBeLessThan(before + 20);
  return `${count} upgrades that nobody wants: ${before} descriptors before, ${descriptors(server)} after`;
}

/** Requests that are none, and some that are odd: all are answered, and none is logged. */
export async function malformedRequests(server: Running, rounds: number): Promise<string> {
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
  const before = logOf(server).length;
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
  const sent = rounds * (wrong.length + odd.length);
  const logged = logOf(server).length - before;
  // Of others, who work meanwhile, there may be a line.
  expect(logged).toBeLessThan(bytes / 10);
  return `${sent} malformed requests, ${Math.round(bytes / 1_000)} kB: ${logged} bytes of log`;
}

/** As many event streams as these people may follow, which their clients leave: none stays open. */
export async function leftStreams(
  server: Running,
  admin: Person,
  people: readonly Person[],
  rounds: number,
): Promise<string> {
  const modelId = await shippedModelId(admin);
  const { id: promptId } = await admin.api.prompts.create(plain(promptText()));
  // Held, so that the answers that are watched do not end by themselves, on however slow a machine.
  await expect.poll(() => childrenOf(server).candidates, "a worker for candidates").toBeDefined();
  const worker = childrenOf(server).candidates!;
  standStill(server.file, worker);
  const before = descriptors(server);
  const perPerson = 50;
  try {
    const waiting = await admin.api.comparisons.create({ promptId, modelId, k: 9, maxTokens: 200 });
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
  return `${rounds * people.length * perPerson} streams closed by their clients`;
}
