// The web server: which connections and requests come in at all, from whom they are, and what every answer tells a
// browser that it may do. What is behind it (the API's handlers, the pages) is passed in: app/server.ts.
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { answer, type FetchHandler, pathOf, refuse } from "./answer.ts";
import { isBehindTls, isKnownHost } from "./origin.ts";
import { nonceHeader, pagePolicy, pathHeader } from "./page-policy.ts";
import { peerHeader, trustedProxies, visitorAddress } from "./peer.ts";

export interface Routes {
  /** Whose the path is; null: a page's. */
  handlerOf: (pathname: string) => FetchHandler | null;
  page: (incoming: IncomingMessage, outgoing: ServerResponse) => unknown;
  /** Where a page may become a web socket: with `--dev` alone. */
  upgrade?: (incoming: IncomingMessage, socket: Duplex, head: Buffer) => unknown;
  /** The address this server listens on. */
  hostname: string;
}

/** Connections beyond which each new one closes the one that has done nothing for longest: descriptors are few. */
const manyConnections = 500;

/** How long a visitor may take, in ms; tests have less. */
export const patience = {
  headers: 30_000,
  /** The headers and the body: whoever drips them is cut. */
  request: 60_000,
  /** Between two looks for those who take longer. */
  look: 2_000,
  /** The rest of a body that nobody wants. */
  refused: 2_000,
};

export function createWebServer(routes: Routes, waits = patience): Server {
  // Read once and at once: a setting that is wrong ends the start, not a request.
  const proxies = trustedProxies();
  const tls = isBehindTls();
  let connections = 0;
  /** Those with nothing under way, the longest first. */
  const idle = new Set<Socket>();
  const server = createServer(
    { headersTimeout: waits.headers, requestTimeout: waits.request, connectionsCheckingInterval: waits.look },
    (incoming, outgoing) => {
      const { socket } = incoming;
      idle.delete(socket);
      outgoing.once("close", () => {
        if (!incoming.complete) letPass(incoming, waits.refused);
        else if (!socket.destroyed) idle.add(socket);
      });
      for (const [name, value] of Object.entries(forEveryAnswer)) outgoing.setHeader(name, value);
      if (tls) outgoing.setHeader("strict-transport-security", "max-age=31536000");
      const host = incoming.headers.host ?? null;
      if (!isKnownHost(host, [routes.hostname, incoming.socket.localAddress]))
        return refuse(outgoing, 421, unknownHost);
      const pathname = pathOf(incoming.url ?? "");
      if (pathname === null) return refuse(outgoing, 400, "This is no address.");
      incoming.headers[peerHeader] = visitorAddress(
        incoming.socket.remoteAddress ?? "",
        listOf(incoming.headers["x-forwarded-for"]),
        proxies,
      );
      const handler = routes.handlerOf(pathname);
      if (!handler) return toPage(routes, pathname, incoming, outgoing);
      if (!apiMethods.has(incoming.method ?? "")) {
        outgoing.setHeader("allow", [...apiMethods].join(", "));
        return refuse(outgoing, 405, "The API is asked by GET and POST.");
      }
      outgoing.setHeader("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
      outgoing.setHeader("cache-control", "no-store");
      return answer(handler, incoming, outgoing);
    },
  );
  // Longer than a browser keeps an idle connection: one that it means to use again must not be closing just then.
  server.keepAliveTimeout = 310_000;

  server.on("connection", (socket) => {
    connections++;
    socket.once("close", () => {
      connections--;
      idle.delete(socket);
    });
    if (connections > manyConnections) idle.values().next().value?.destroy();
  });
  server.on("upgrade", (incoming, socket, head) => {
    const known = isKnownHost(incoming.headers.host ?? null, [routes.hostname, incoming.socket.localAddress]);
    if (routes.upgrade && known && pathOf(incoming.url ?? "")?.startsWith("/_next/")) {
      return routes.upgrade(incoming, socket, head);
    }
    // Node hands the connection over and forgets it: whatever nobody wants has to be closed here.
    socket.on("error", () => {});
    socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", () => socket.destroy());
  });
  return server;
}

/**
 * Lets a body pass that nobody wanted, so that the answer is not lost on its way: closing a connection while something
 * comes in takes back what went out. What goes on for longer is cut.
 */
function letPass(incoming: IncomingMessage, forMs: number): void {
  const late = setTimeout(() => incoming.socket.destroy(), forMs);
  incoming.once("close", () => clearTimeout(late));
  incoming.removeAllListeners("data").resume();
}

const apiMethods = new Set(["GET", "HEAD", "POST"]);

const forEveryAnswer = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

const unknownHost =
  "Rankloop is not known by this name. Open the address it printed at its start, or set RANKLOOP_URL to the one people open.";

const listOf = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header.join(",") : header;

function toPage(routes: Routes, pathname: string, incoming: IncomingMessage, outgoing: ServerResponse): unknown {
  if (incoming.method === "POST") {
    // A form sent before the page's script was there: the page once more, without what was in the form.
    return outgoing.writeHead(303, { location: pathname, "cache-control": "no-store" }).end();
  }
  if (incoming.method !== "GET" && incoming.method !== "HEAD") {
    outgoing.setHeader("allow", "GET, HEAD");
    return refuse(outgoing, 405, "Pages are read by GET.");
  }
  if (!pathname.startsWith("/_next/static/")) {
    const nonce = randomBytes(16).toString("base64");
    const policy = pagePolicy(nonce, routes.upgrade !== undefined);
    outgoing.setHeader("content-security-policy", policy);
    // Next reads the nonce of its own scripts out of the policy in the request.
    incoming.headers["content-security-policy"] = policy;
    incoming.headers[nonceHeader] = nonce;
    incoming.headers[pathHeader] = incoming.url;
  }
  return routes.page(incoming, outgoing);
}
