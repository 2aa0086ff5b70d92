import { afterEach, describe, expect, test, vi } from "vitest";
import { comesFromOwnPage, isBehindTls, isKnownHost, OuterAddressError, outerAddress } from "./origin.ts";
import { isAtTheMachine, networkOf, ProxyError, peerHeader, trustedProxies } from "./peer.ts";

afterEach(() => vi.unstubAllEnvs());

const asked = (headers: Record<string, string>) =>
  comesFromOwnPage(new Request("http://127.0.0.1:3000/api/v1/setup", { method: "POST", headers }));

describe("the outer address", () => {
  test("is one without a path", () => {
    expect(outerAddress("")).toBeNull();
    expect(outerAddress("https://rank.example.org")?.hostname).toBe("rank.example.org");
    expect(outerAddress("http://10.0.0.7:3000/")?.origin).toBe("http://10.0.0.7:3000");
    for (const wrong of ["rank.example.org", "ftp://a.b", "https://a.b/c", "https://a.b?c", "https://u:p@a.b", "x"]) {
      expect(() => outerAddress(wrong), wrong).toThrow(OuterAddressError);
    }
  });

  test("decides whose pages may act", () => {
    const at = (host: string, origin: string) => asked({ host, origin });
    expect(at("127.0.0.1:3000", "http://127.0.0.1:3000")).toBe(true);
    expect(at("127.0.0.1:3000", "http://127.0.0.1:8000")).toBe(false);
    expect(at("127.0.0.1:3000", "null")).toBe(false);
    expect(asked({ host: "127.0.0.1:3000" })).toBe(true);
    // A header that any page's script could set does not name this server.
    const forwarded = { host: "127.0.0.1:3000", origin: "https://evil.example", "x-forwarded-host": "evil.example" };
    expect(asked(forwarded)).toBe(false);

    vi.stubEnv("RANKLOOP_URL", "https://rank.example.org");
    expect(isBehindTls()).toBe(true);
    // A proxy that passes the name on, and one that does not.
    expect(at("rank.example.org", "https://rank.example.org")).toBe(true);
    expect(at("127.0.0.1:3000", "https://rank.example.org")).toBe(true);
    expect(at("rank.example.org", "http://rank.example.org")).toBe(false);
    expect(at("rank.example.org", "https://evil.example")).toBe(false);
  });
});

test("a server is known by the address it listens on and the one a connection came in at", () => {
  expect(isKnownHost("10.0.0.7:3000", ["10.0.0.7"])).toBe(true);
  expect(isKnownHost("10.0.0.7:3000", ["0.0.0.0", "::ffff:10.0.0.7"])).toBe(true);
  expect(isKnownHost("[2001:db8:0::7]", ["2001:db8::7"])).toBe(true);
  expect(isKnownHost("box:3000", ["box"])).toBe(true);
  expect(isKnownHost("10.0.0.8", ["10.0.0.7", undefined])).toBe(false);
  expect(isKnownHost(null, ["10.0.0.7"])).toBe(false);
});

test("only who sits at the machine, and comes past nobody, needs no code", () => {
  const here = { host: "127.0.0.1:3000", [peerHeader]: "127.0.0.1" };
  const at = (more: Record<string, string>) => isAtTheMachine(new Headers({ ...here, ...more }));
  expect(at({})).toBe(true);
  expect(at({ host: "localhost:3000", [peerHeader]: "::1" })).toBe(true);
  expect(at({ [peerHeader]: "10.0.0.7" })).toBe(false);
  expect(at({ host: "10.0.0.7:3000" })).toBe(false);
  expect(at({ host: "rank.example.org" })).toBe(false);
  for (const name of ["Forwarded", "Via", "X-Real-IP", "X-Forwarded-For", "X-Forwarded-Proto", "CF-Connecting-IP"]) {
    expect([name, at({ [name]: "" })]).toEqual([name, false]);
  }
  vi.stubEnv("RANKLOOP_URL", "http://127.0.0.1:3000");
  expect(at({})).toBe(false);
});

test("a proxy is named by addresses", () => {
  const proxies = trustedProxies("127.0.0.1, 10.0.0.0/8,::1");
  expect(proxies.check("10.9.9.9", "ipv4")).toBe(true);
  expect(proxies.check("127.0.0.2", "ipv4")).toBe(false);
  expect(proxies.check("::1", "ipv6")).toBe(true);
  for (const wrong of ["localhost", "10.0.0.0/33", "10.0.0.0/x", "10.0.0.0/8/8", "*"]) {
    expect(() => trustedProxies(wrong), wrong).toThrow(ProxyError);
  }
});

test("one network, one spelling", () => {
  expect(networkOf("203.0.113.7")).toBe("203.0.113.7");
  expect(networkOf("2001:db8::1")).toBe("2001:db8:0:0::/64");
  expect(networkOf("2001:0DB8:0:0:1:2:3:4")).toBe("2001:db8:0:0::/64");
  expect(networkOf("fe80::1%eth0")).toBe("fe80:0:0:0::/64");
  expect(networkOf("::1")).toBe("0:0:0:0::/64");
});
