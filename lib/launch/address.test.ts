import { createServer } from "node:http";
import { expect, test } from "vitest";
import { pageAddress } from "./address.ts";

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
  const server = createServer((_, response) => response.end("here"));
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
