import type { Server } from "node:http";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { eventually } from "../installation.fixture.ts";
import type { FetchHandler } from "./answer.ts";
import { nonceHeader } from "./page-policy.ts";
import { peerHeader } from "./peer.ts";
import { createWebServer, patience, type Routes } from "./web-server.ts";

let server: Server;
let port: number;
const log = vi.spyOn(console, "error");
const seen: { page: Record<string, unknown>[]; calls: Request[] } = { page: [], calls: [] };

beforeEach(async () => {
  log.mockReset();
  seen.page = [];
  seen.calls = [];
  await open();
});
afterEach(() => {
  close();
  vi.unstubAllEnvs();
});

const handler: FetchHandler = async (request) => {
  seen.calls.push(request);
  const path = new URL(request.url).pathname;
  if (path === "/api/refuse") return new Response("too much", { status: 413 });
  return new Response(await request.text(), { headers: { "content-type": "text/plain" } });
};

function open(waits = patience): Promise<void> {
  const routes: Routes = {
    handlerOf: (pathname) => (pathname.startsWith("/api/") ? handler : null),
    page: (incoming, outgoing) => {
      seen.page.push({ ...incoming.headers });
      outgoing.end("page");
    },
    hostname: "127.0.0.1",
  };
  server = createWebServer(routes, waits);
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      port = typeof address === "object" && address ? address.port : 0;
      resolve();
    });
  });
}

function close(): void {
  server.closeAllConnections();
  server.close();
}

/** Sends these bytes, and resolves with all that came back when the server closes the connection. */
function raw(...parts: (string | Uint8Array)[]): Promise<string> {
  return new Promise((resolve) => {
    let said = "";
    const socket: Socket = connect(port, "127.0.0.1");
    socket.on("data", (data) => {
      said += data;
    });
    socket.on("error", () => {});
    socket.once("close", () => resolve(said));
    for (const part of parts) socket.write(part);
  });
}

const get = (path: string, headers: Record<string, string> = {}) => {
  const all = { host: `127.0.0.1:${port}`, connection: "close", ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return raw(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
};
const status = (said: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(said)?.[1]);

describe("the Host header", () => {
  test.each([
    ["127.0.0.1", 200],
    ["localhost:8080", 200],
    ["[::1]:3000", 200],
    ["LOCALHOST", 200],
    ["evil.example", 421],
    ["127.0.0.1.evil.example", 421],
    ["localhost.evil.example:3000", 421],
    ["203.0.113.7", 421],
    ["user@127.0.0.1", 421],
    ["a b", 421],
    ["[::", 421],
    ["", 421],
  ])("%s → %i", async (host, expected) => {
    expect(status(await get("/api/x", { host }))).toBe(expected);
    expect(status(await get("/page", { host }))).toBe(expected);
    expect(seen.calls.length + seen.page.length).toBe(expected === 200 ? 2 : 0);
  });

  test("is the outer address's, too, where there is one", async () => {
    expect(status(await get("/api/x", { host: "rank.example.org" }))).toBe(421);
    vi.stubEnv("RANKLOOP_URL", "https://rank.example.org");
    expect(status(await get("/api/x", { host: "rank.example.org" }))).toBe(200);
    expect(status(await get("/api/x", { host: "example.org" }))).toBe(421);
  });
});

test("what is no address, or no method of ours, is refused and not logged", async () => {
  const host = `Host: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`;
  for (const path of [
    "//",
    "//evil.example/x",
    "/%ff",
    "/api/%c3%28",
    "/x?a=%ff",
    "/x?a=%00",
    "/api/v1/prompts/%00",
    "http://evil.example/api/x",
    "*",
  ]) {
    expect([path, status(await raw(`GET ${path} HTTP/1.1\r\n${host}`))]).toEqual([path, 400]);
  }
  for (const method of ["TRACE", "PUT", "DELETE", "OPTIONS", "PROPFIND"]) {
    expect([method, status(await raw(`${method} /api/x HTTP/1.1\r\n${host}`))]).toEqual([method, 405]);
    expect([method, status(await raw(`${method} /page HTTP/1.1\r\n${host}`))]).toEqual([method, 405]);
  }
  const form = await raw(`POST /sign-in?next=//evil HTTP/1.1\r\nNext-Action: x\r\nContent-Length: 0\r\n${host}`);
  expect(form).toMatch(/^HTTP\/1\.1 303 [\s\S]*\r\nlocation: \/sign-in\r\n/);
  expect([seen.calls, seen.page]).toEqual([[], []]);
  expect(log).not.toHaveBeenCalled();
});

const connections = () => new Promise<number>((resolve) => server.getConnections((_, open) => resolve(open)));

test("a connection that wants to become something else is closed", async () => {
  const upgrade = { upgrade: "websocket", connection: "Upgrade", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };
  for (const path of ["/api/rpc/x", "/api/v1/x", "/page", "/_next/hmr", "//"]) {
    expect(status(await get(path, upgrade))).toBe(404);
  }
  await raw(`CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n`);
  await eventually(async () => expect(await connections()).toBe(0));
});

test("connections that do nothing make way when there are many", async () => {
  const idle = Array.from({ length: 700 }, () => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {}).resume();
    socket.write(`GET /api/x HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    return socket;
  });
  await eventually(() => expect(seen.calls).toHaveLength(700));
  expect(status(await get("/api/x"))).toBe(200);
  await eventually(async () => expect(await connections()).toBeLessThanOrEqual(500));
  for (const socket of idle) socket.destroy();
});

describe("a body nobody wants", () => {
  test("of some length passes, and the connection goes on", async () => {
    for (let i = 0; i < 3; i++) {
      const reply = await fetch(`http://127.0.0.1:${port}/api/refuse`, { method: "POST", body: "x".repeat(5_000_000) });
      expect([reply.status, await reply.text()]).toEqual([413, "too much"]);
    }
  });

  test("does not hold its connection", async () => {
    const head = `POST /api/refuse HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 900000000\r\n\r\n`;
    const said = await raw(head, "x".repeat(100_000));
    expect(said).toMatch(/^HTTP\/1\.1 413 [\s\S]*too much/);
  });

  test("and one that never comes whole is cut", async () => {
    close();
    await open({ headers: 300, request: 600, look: 50, refused: 100 });
    const dripped = await raw(`POST /api/x HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 10\r\n\r\n{`);
    expect(status(dripped)).toBe(408);
    const head = await raw("GET /api/x HTTP/1.1\r\nHost: 127");
    expect(status(head)).toBe(408);
    expect(log).not.toHaveBeenCalled();
  });
});

describe("what a browser is told", () => {
  const headers = async (path: string, more?: Record<string, string>) => {
    const [head = ""] = (await get(path, more)).split("\r\n\r\n");
    return new Headers(
      head
        .split("\r\n")
        .slice(1)
        .map((line) => line.split(/: (.*)/).slice(0, 2) as [string, string]),
    );
  };

  test("of a page: scripts with this answer's nonce alone, which the page is told", async () => {
    const policies = [await headers("/page"), await headers("/page")].map((one) => one.get("content-security-policy"));
    const nonces = policies.map(
      (policy) => /script-src 'nonce-([\w+/=]{20,})' 'strict-dynamic';/.exec(policy ?? "")?.[1],
    );
    expect(nonces[0]).toBeDefined();
    expect(nonces[0]).not.toBe(nonces[1]);
    expect(policies[0]).toMatch(/^default-src 'none'; .*base-uri 'none'; frame-ancestors 'none'$/);
    expect(policies[0]).not.toMatch(/script-src[^;]*unsafe/);
    expect(seen.page.map((one) => one[nonceHeader])).toEqual(nonces);
    expect(seen.page.map((one) => one["content-security-policy"])).toEqual(policies);
  });

  test("a visitor's own nonce and address are not believed", async () => {
    await get("/page", {
      [nonceHeader]: "mine",
      "content-security-policy": "script-src 'nonce-mine'",
      [peerHeader]: "::1",
    });
    expect(seen.page[0]).toMatchObject({ [peerHeader]: "127.0.0.1" });
    expect(JSON.stringify(seen.page)).not.toContain("mine");
    await get("/api/x", { [peerHeader]: "203.0.113.7" });
    expect(seen.calls[0]?.headers.get(peerHeader)).toBe("127.0.0.1");
  });

  test("of all answers: no guessing of types, no address to others; of the API's: keep nothing", async () => {
    for (const path of ["/page", "/api/x", "/api/refuse", "//"]) {
      const told = await headers(path);
      expect(told.get("x-content-type-options")).toBe("nosniff");
      expect(told.get("referrer-policy")).toBe("same-origin");
      expect(told.get("strict-transport-security")).toBeNull();
    }
    expect((await headers("/api/x")).get("cache-control")).toBe("no-store");
    expect((await headers("/api/x")).get("content-security-policy")).toBe("default-src 'none'; frame-ancestors 'none'");
  });

  test("behind TLS: to come by TLS alone", async () => {
    close();
    vi.stubEnv("RANKLOOP_URL", "https://rank.example.org");
    await open();
    for (const path of ["/page", "/api/x"]) {
      expect((await headers(path)).get("strict-transport-security")).toBe("max-age=31536000");
    }
  });
});

describe("behind a proxy", () => {
  const peerSeen = async (forwarded: string) => {
    await get("/api/x", { "x-forwarded-for": forwarded });
    return seen.calls.at(-1)?.headers.get(peerHeader);
  };

  test("addresses are taken from it where a setting names it, and from nobody else", async () => {
    expect(await peerSeen("198.51.100.7")).toBe("127.0.0.1");
    close();
    vi.stubEnv("RANKLOOP_PROXY", "127.0.0.0/8, 10.0.0.1");
    await open();
    expect(await peerSeen("198.51.100.7")).toBe("198.51.100.7");
    expect(await peerSeen("203.0.113.9, 198.51.100.7")).toBe("198.51.100.7");
    expect(await peerSeen("198.51.100.7, 10.0.0.1")).toBe("198.51.100.7");
    expect(await peerSeen("2001:db8::1")).toBe("2001:db8::1");
    expect(await peerSeen("nonsense")).toBe("127.0.0.1");
  });
});
