import { createServer as createWebServer } from "node:http";
import { createServer, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { choosePort, pageAddress } from "./port.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

function taken(): Promise<number> {
  const server = createServer();
  servers.push(server);
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });
}

test("a port not asked for falls to the next free one", async () => {
  const port = await taken();
  const chosen = await choosePort("127.0.0.1", undefined, port);
  expect(chosen).toBeGreaterThan(port);
  expect(chosen).toBeLessThan(port + 100);
});

test("a port asked for is refused when taken, not exchanged", async () => {
  const port = await taken();
  await expect(choosePort("127.0.0.1", String(port))).rejects.toThrow(`Port ${port} is taken by another program`);
});

test("a port asked for is waited for while its last owner goes", async () => {
  const port = await taken();
  setTimeout(() => servers.pop()?.close(), 500);
  expect(await choosePort("127.0.0.1", String(port))).toBe(port);
});

test.each(["0", "65536", "http", "30.5", "-1"])("RANKLOOP_PORT=%s is no port", async (asked) => {
  await expect(choosePort("127.0.0.1", asked)).rejects.toThrow(/whole number from 1 to 65535/);
});

test.each([
  ["127.0.0.1", "http://127.0.0.1:3000"],
  ["localhost", "http://localhost:3000"],
  ["::1", "http://[::1]:3000"],
  ["::", "http://[::]:3000"],
])("the pages on %s are at %s", (host, address) => {
  expect(pageAddress(host, 3000)).toBe(address);
  expect(new URL(address).port).toBe("3000");
});

test.each(["fe80::1%eth0", "my host", ""])("%j is no host", (host) => {
  expect(() => pageAddress(host, 3000)).toThrow(`RANKLOOP_HOST is "${host}"`);
});

test("a server on ::1 answers at its address", async (context) => {
  const server = createWebServer((_, response) => response.end("here"));
  const bound = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false)).listen(0, "::1", () => resolve(true));
  });
  if (!bound) return context.skip("this machine has no IPv6");
  try {
    const at = server.address();
    const reply = await fetch(pageAddress("::1", typeof at === "object" && at ? at.port : 0));
    expect(await reply.text()).toBe("here");
  } finally {
    server.close();
  }
});
