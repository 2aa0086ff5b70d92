// Which network addresses may be called: a base URL is written by people, and its name may lead anywhere. Nothing is sent
// where only this network's own machinery answers.
import { type LookupAddress, type LookupAllOptions, lookup } from "node:dns";
import { BlockList, isIP, isIPv6, type LookupFunction } from "node:net";

/** An address that may not be called, or that is none; the message is one sentence. */
export class AddressRefused extends Error {
  override name = "AddressRefused";
}

type Range = readonly [address: string, bits: number];

/** Link-local ones, where clouds keep their keys; theirs elsewhere; and what is no single machine's. */
const never: readonly Range[] = [
  ["169.254.0.0", 16],
  ["fe80::", 10],
  ["fd00:ec2::", 32],
  ["fd20:ce::254", 128],
  ["100.100.100.200", 32],
  ["168.63.129.16", 32],
  ["192.0.0.0", 24],
  ["0.0.0.0", 8],
  ["224.0.0.0", 3],
  ["::", 128],
  ["ff00::", 8],
  // What carries an IPv4 address in a way that nobody needs any more: Teredo, 6to4, a NAT64 of one's own, SIIT.
  ["2001::", 32],
  ["2002::", 16],
  ["64:ff9b:1::", 48],
  ["::ffff:0:0:0", 96],
];
/** This machine, and machines that the internet does not reach. */
const inner: readonly Range[] = [
  ["127.0.0.0", 8],
  ["::1", 128],
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["100.64.0.0", 10],
  ["198.18.0.0", 15],
  ["fc00::", 7],
  ["fec0::", 10],
];

const [neverCalled, innerOnes] = [never, inner].map((ranges) => {
  const list = new BlockList();
  for (const [address, bits] of ranges) list.addSubnet(address, bits, isIPv6(address) ? "ipv6" : "ipv4");
  return list;
}) as [BlockList, BlockList];

/**
 * May this IP address be called?
 * @param allowInner addresses of this machine and of private networks, too
 * @throws AddressRefused
 */
export function mustBeSafe(ip: string, allowInner: boolean): void {
  const address = plain(ip);
  const family = isIPv6(address) ? "ipv6" : "ipv4";
  if (neverCalled.check(address, family)) {
    throw new AddressRefused(`${ip} is an address for this network's own machinery: no model answers there.`);
  }
  if (allowInner || !innerOnes.check(address, family)) return;
  throw new AddressRefused(
    `${ip} is an address of this machine or of a private network: whoever runs Rankloop allows those with RANKLOOP_PRIVATE_ADDRESSES=1.`,
  );
}

/** An IPv4 address inside an IPv6 one (mapped, compatible, or by NAT64) → itself: "::ffff:7f00:1" → "127.0.0.1". */
function plain(ip: string): string {
  const address = ip.replace(/%.*$/, "");
  if (!isIPv6(address)) return address;
  // The URL parser writes it in its one short form, without dots.
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = /^(?:::ffff:|64:ff9b::|::)([\da-f]{1,4}):([\da-f]{1,4})$/.exec(short) ?? [];
  if (high === undefined || low === undefined) return short;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join(".");
}

/**
 * The base URL of an API, without a slash at its end: "https://api.example.org/v1/" → "https://api.example.org/v1".
 * @throws AddressRefused for what is no such address, or names an IP address that may not be called
 */
export function baseUrl(text: string, allowInner: boolean): string {
  const url = URL.parse(text.trim());
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new AddressRefused(`"${text}" is no address of a server: give one such as https://api.example.org/v1.`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new AddressRefused("The address has a name or a password in it: give the key in its own field.");
  }
  if (url.search !== "" || url.hash !== "")
    throw new AddressRefused("The address goes on after its path: leave that out.");
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  if (isIP(host)) mustBeSafe(host, allowInner);
  return url.href.replace(/\/+$/, "");
}

type LookUpAll = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void,
) => void;

/**
 * A look-up for `http.request` that connects to no address that may not be called, whatever the name leads to.
 * @param resolve tests' own
 */
export function safeLookup(allowInner: boolean, resolve: LookUpAll = lookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, "");
      try {
        // All of them: a name with one good address and one bad one is up to something.
        for (const { address } of found) mustBeSafe(address, allowInner);
      } catch (refused) {
        return callback(refused as Error, "");
      }
      if (options.all) return callback(null, found);
      callback(null, found[0]!.address, found[0]!.family);
    });
  };
}
