import type { Server } from "node:http";
import { afterEach, expect, test, vi } from "vitest";
import type { FetchHandler } from "./answer.ts";
import { createWebServer } from "./web-server.ts";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  vi.restoreAllMocks();
});

function serve(handler: FetchHandler): Promise<string> {
  const made = createWebServer({ handlerOf: () => handler, page: () => {}, hostname: "127.0.0.1" });
  server = made;
  return new Promise((resolve) => {
    made.listen(0, "127.0.0.1", () => {
      const address = made.address();
      resolve(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`);
    });
  });
}

test("method, address, headers and body go in; status, headers and body come out", async () => {
  const address = await serve(async (request) => {
    const { pathname, search } = new URL(request.url);
    const seen = {
      method: request.method,
      path: pathname + search,
      said: await request.text(),
      cookie: request.headers.get("cookie"),
      peer: request.headers.get("x-rankloop-peer"),
    };
    const headers = new Headers({ "content-type": "application/json" });
    headers.append("set-cookie", "a=1");
    headers.append("set-cookie", "b=2");
    return new Response(JSON.stringify(seen), { status: 201, headers });
  });
  const reply = await fetch(`${address}/api/x?y=z`, {
    method: "POST",
    headers: { cookie: "session=1", "x-rankloop-peer": "203.0.113.7" },
    body: "größe",
  });
  expect(reply.status).toBe(201);
  expect(reply.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(await reply.json()).toEqual({
    method: "POST",
    path: "/api/x?y=z",
    said: "größe",
    cookie: "session=1",
    peer: "127.0.0.1",
  });
});

test("an answer without a body, and a GET, pass too", async () => {
  const address = await serve(async (request) => new Response(null, { status: request.method === "GET" ? 204 : 500 }));
  expect((await fetch(address)).status).toBe(204);
});

test("a stream arrives as it is written, and ends for the handler when the visitor leaves", async () => {
  const ended = Promise.withResolvers<string>();
  const cancelled = Promise.withResolvers<string>();
  const address = await serve(async (request) => {
    request.signal.addEventListener("abort", () => ended.resolve("aborted"));
    return new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode("first\n")),
        cancel: () => cancelled.resolve("cancelled"),
      }),
      { headers: { "content-type": "text/event-stream" } },
    );
  });
  const leave = new AbortController();
  const reply = await fetch(address, { signal: leave.signal });
  const { value } = (await reply.body?.getReader().read()) ?? {};
  expect(new TextDecoder().decode(value)).toBe("first\n");
  leave.abort();
  expect(await Promise.all([ended.promise, cancelled.promise])).toEqual(["aborted", "cancelled"]);
});

test("a download of any length arrives whole, no faster than it is read", async () => {
  const chunk = new TextEncoder().encode("x".repeat(64 * 1024));
  let produced = 0;
  const address = await serve(async () => {
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (produced++ < 400) controller.enqueue(chunk);
        else controller.close();
      },
    });
    return new Response(body, { headers: { "content-type": "application/jsonl; charset=utf-8" } });
  });
  const reader = (await fetch(address)).body!.getReader();
  let received = (await reader.read()).value?.length ?? 0;
  for (let before = -1; before < produced; await new Promise((resolve) => setTimeout(resolve, 100))) before = produced;
  // What the sockets' own buffers take, not all 400.
  expect(produced).toBeLessThan(200);
  for (let next = await reader.read(); !next.done; next = await reader.read()) received += next.value.length;
  expect(received).toBe(400 * chunk.length);
});

test("a request of any length arrives whole", async () => {
  const address = await serve(async (request) => new Response(String((await request.text()).length)));
  for (const length of [0, 1, 64 * 1024, 64 * 1024 + 1, 3_000_000]) {
    const reply = await fetch(address, { method: "POST", body: "y".repeat(length) });
    expect(await reply.text()).toBe(String(length));
  }
});

test("a handler that throws is one sentence for the visitor and a trace in the log", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  const address = await serve(async () => {
    throw new Error("broken");
  });
  const reply = await fetch(`${address}/api/x`);
  expect(reply.status).toBe(500);
  expect(await reply.json()).toEqual({ message: "Something went wrong on the server. Try again." });
  expect(log).toHaveBeenCalledOnce();
});
