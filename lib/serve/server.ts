// The server of `rankloop serve`: who may come in, by which name, with which token.
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type Server } from "node:http";
import { answer, pathOf, refuse } from "../api/answer.ts";
import { isKnownHost, isLoopbackHost } from "../api/origin.ts";
import { peerHeader } from "../api/peer.ts";
import { bearerOf } from "../api/session-token.ts";
import { type Serving, servingHandler } from "./handler.ts";
import { Problem } from "./problem.ts";

interface Options extends Omit<Serving, "clientOf"> {
  /** The address it listens on. */
  host: string;
  /** What clients must send as their API key; "" where anybody on this machine may ask. */
  token: string;
}

/** Only programs on this machine reach such an address. */
export const isLoopback = (host: string): boolean => isLoopbackHost(host.includes(":") ? `[${host}]` : host);

/** Not listening yet. */
export function servingServer({ host, token, ...serving }: Options): Server {
  const handler = servingHandler({ ...serving, clientOf });
  return createServer((incoming, outgoing) => {
    const { headers, socket, url = "" } = incoming;
    if (pathOf(url) === null) return refuse(outgoing, 400, "This is no address.");
    // A page of another site must not ask by a name that it lets point at this machine.
    if (!isKnownHost(headers.host ?? null, [host, socket.localAddress])) {
      return refuse(outgoing, 421, "This server is not known by this name.");
    }
    headers[peerHeader] = socket.remoteAddress ?? "";
    return answer(handler, incoming, outgoing);
  });

  function clientOf({ headers }: Request): string {
    if (token !== "") mustBe(token, bearerOf(headers));
    return headers.get(peerHeader) ?? "";
  }
}

function mustBe(token: string, given: string): void {
  if (given === "") throw unknownKey("This server wants an API key: send it as a bearer token.");
  const [one, other] = [token, given].map((secret) => createHash("sha256").update(secret).digest());
  if (!timingSafeEqual(one!, other!)) throw unknownKey("This API key is not the one of this server.");
}

export const unknownKey = (sentence: string): Problem => new Problem(401, sentence, { code: "invalid_api_key" });
