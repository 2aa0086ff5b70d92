// The address at the other end of a connection: sign-in tries are counted by it, and it decides who needs the set-up code.
import { BlockList, isIP, isIPv6 } from "node:net";
import { isLoopbackHost, outerAddress } from "./origin.ts";

/** The header with the visitor's address, set by lib/api/web-server.ts on every request, whatever the visitor wrote there. */
export const peerHeader = "x-rankloop-peer";

export class ProxyError extends Error {
  override name = "ProxyError";
}

/**
 * The proxies whose x-forwarded-for is believed, from RANKLOOP_PROXY: "127.0.0.1" or "10.0.0.0/8, ::1".
 * @throws ProxyError with one sentence
 */
export function trustedProxies(setting = process.env.RANKLOOP_PROXY ?? ""): BlockList {
  const proxies = new BlockList();
  for (const entry of setting.split(",").map((part) => part.trim())) {
    if (entry === "") continue;
    const [address = "", bits = isIPv6(address) ? "128" : "32", ...rest] = entry.split("/");
    const longest = isIPv6(address) ? 128 : 32;
    if (!isIP(address) || !/^\d+$/.test(bits) || Number(bits) > longest || rest.length > 0) {
      throw new ProxyError(
        `RANKLOOP_PROXY has "${entry}": give the addresses of your proxy, e.g. 127.0.0.1 or 10.0.0.0/8, with commas between.`,
      );
    }
    proxies.addSubnet(address, Number(bits), familyOf(address));
  }
  return proxies;
}

const familyOf = (address: string) => (isIPv6(address) ? "ipv6" : "ipv4");

/** "::ffff:10.0.0.1" → "10.0.0.1": one machine, one spelling. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, "");

/**
 * The visitor's address: the other end of the connection or, where that is a proxy of ours, the last address in
 * x-forwarded-for that no proxy of ours has. A visitor can write into that header, but only before what a proxy adds.
 */
export function visitorAddress(remote: string, forwardedFor: string | undefined, proxies = trustedProxies()): string {
  let visitor = plain(remote);
  const hops = (forwardedFor ?? "").split(",").map((hop) => plain(hop.trim().replace(/^\[(.*)\]$/, "$1")));
  while (isIP(visitor) && proxies.check(visitor, familyOf(visitor))) {
    const hop = hops.pop();
    if (hop === undefined || !isIP(hop)) break;
    visitor = hop;
  }
  return visitor;
}

/**
 * The network of one household or machine: the whole of an IPv4 address, the first 64 bits of an IPv6 one.
 * networkOf("2001:db8::1") → "2001:db8:0:0::/64"
 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [before = "", after] = address.replace(/%.*$/, "").split("::");
  const head = before === "" ? [] : before.split(":");
  const tail = after ? after.split(":") : [];
  const zeros = after === undefined ? [] : Array<string>(Math.max(0, 8 - head.length - tail.length)).fill("0");
  const first = [...head, ...zeros, ...tail].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, "").toLowerCase());
  return `${first.join(":")}::/64`;
}

const forwarding = /^(forwarded|via|x-real-ip|x-client-ip|true-client-ip|x-forwarded-.*|x-original-.*|cf-.*)$/;

/**
 * Does this request come from this machine, under its own name and not through a proxy? A proxy's connection comes from this
 * machine as well, so the answer is no where there may be one.
 */
export function isAtTheMachine(headers: Headers): boolean {
  const peer = headers.get(peerHeader) ?? "";
  const loopback = peer === "::1" || /^127\.\d+\.\d+\.\d+$/.test(peer);
  const passedOn = [...headers.keys()].some((name) => forwarding.test(name));
  return loopback && isLoopbackHost(headers.get("host")) && !passedOn && outerAddress() === null;
}
