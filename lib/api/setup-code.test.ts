import { afterEach, expect, test, vi } from "vitest";
import { peerHeader } from "./peer.ts";
import { origin, type Server, temporaryServer } from "./server.fixture.ts";
import { makeSetupCode } from "./setup-code.ts";

let server: Server | undefined;
afterEach(() => {
  vi.unstubAllEnvs();
  server?.remove();
});

const account = { username: "ada", name: "Ada", password: "correct horse" };
const here = { host: new URL(origin).host, [peerHeader]: "127.0.0.1" };
const elsewhere = { ...here, [peerHeader]: "203.0.113.7" };

test("a code is twelve characters that nobody mistakes, another one each time", () => {
  const codes = Array.from({ length: 100 }, makeSetupCode);
  for (const code of codes) expect(code).toMatch(/^([2-9A-HJKMNP-TV-Z]{4}-){2}[2-9A-HJKMNP-TV-Z]{4}$/);
  expect(new Set(codes).size).toBe(100);
});

test("who sets up from elsewhere, or through anything, needs the code; who sits at the machine does not", async () => {
  server = await temporaryServer({ people: false });
  const { call } = server;
  vi.stubEnv("RANKLOOP_SETUP_CODE", "7KQM-X2WD-9FTA");
  const setUp = (headers: Record<string, string>, code?: string) =>
    call("POST", "/api/v1/setup", { ...account, code }, headers);
  const through = [
    elsewhere,
    { ...here, host: "203.0.113.1:3000" },
    { ...here, "x-forwarded-for": "127.0.0.1" },
    { ...here, forwarded: "for=127.0.0.1" },
  ];
  for (const headers of through) {
    expect((await call("GET", "/api/v1/setup", undefined, headers)).body).toEqual({ needed: true, asksCode: true });
    expect(await setUp(headers)).toMatchObject({
      status: 403,
      body: { message: "Give the set-up code that was printed in the terminal when Rankloop started." },
    });
    expect(await setUp(headers, "7KQM-X2WD-9FTB")).toMatchObject({
      status: 403,
      body: { message: expect.stringMatching(/^This is not the set-up code\./) },
    });
  }
  vi.stubEnv("RANKLOOP_SETUP_CODE", "");
  expect((await setUp(elsewhere, "")).status).toBe(403);
  vi.stubEnv("RANKLOOP_URL", origin);
  expect((await setUp(here)).status).toBe(403);
  vi.stubEnv("RANKLOOP_URL", "");
  expect((await call("GET", "/api/v1/setup", undefined, here)).body).toEqual({ needed: true, asksCode: false });
  vi.stubEnv("RANKLOOP_SETUP_CODE", "7KQM-X2WD-9FTA");
  expect(await setUp(elsewhere, " 7kqm x2wd 9fta")).toMatchObject({ status: 200, body: { username: "ada" } });
  expect(await setUp(elsewhere, "wrong")).toMatchObject({ status: 409 });
});

test("who sits at the machine sets up without a code", async () => {
  server = await temporaryServer({ people: false });
  expect(await server.call("POST", "/api/v1/setup", account, here)).toMatchObject({ status: 200 });
});
