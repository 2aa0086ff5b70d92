// Where a browser finds the pages.
import { isIPv6 } from "node:net";

export class AddressError extends Error {
  override name = "AddressError";
}

/**
 * pageAddress("::1", 3000) → "http://[::1]:3000"
 * @throws AddressError with one sentence, when the host cannot stand in an address.
 */
export function pageAddress(host: string, port: number): string {
  const address = `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
  if (!URL.canParse(address)) {
    throw new AddressError(`RANKLOOP_HOST is "${host}": give a host name or an IP address without brackets or zone.`);
  }
  return address;
}
