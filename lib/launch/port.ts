// Where a browser finds the pages: the port asked for, or from 3000 up the first that is free, and the address with it.
import { createServer, isIPv6 } from "node:net";

export const defaultPort = 3000;

export class PortError extends Error {
  override name = "PortError";
}

/**
 * A free port on `host`. A port that was asked for by name is taken or refused, never exchanged for another.
 * @throws PortError with one sentence.
 */
export async function choosePort(host: string, asked: string | undefined, from = defaultPort): Promise<number> {
  if (asked !== undefined && asked !== "") {
    const port = Number(asked);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new PortError(`RANKLOOP_PORT is "${asked}": a port is a whole number from 1 to 65535.`);
    }
    if (await becomesFree(host, port)) return port;
    throw new PortError(`Port ${port} is taken by another program: stop it, or set RANKLOOP_PORT to a free one.`);
  }
  for (let port = from; port < from + 100; port++) {
    if (await isFree(host, port)) return port;
  }
  throw new PortError(`No port from ${from} to ${from + 99} is free: set RANKLOOP_PORT to one that is.`);
}

/** Waits for the port to become free: a web server whose launcher was killed takes a moment to let go of it. */
async function becomesFree(host: string, port: number, withinMs = 3_000): Promise<boolean> {
  for (const end = Date.now() + withinMs; ; ) {
    if (await isFree(host, port)) return true;
    if (Date.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

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
