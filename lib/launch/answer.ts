// Node's http on one side, a fetch handler on the other: what the API's doors need of a web server, streams included.
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { peerHeader } from "../api/peer.ts";

export type FetchHandler = (request: Request) => Promise<Response>;

/** Answers one request. The request's signal fires when the visitor leaves, and the answer's body is then cancelled. */
export async function answer(
  handler: FetchHandler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const left = new AbortController();
  outgoing.once("close", () => {
    if (!outgoing.writableFinished) left.abort();
    // A body the handler did not want is let pass: closing the connection on it would lose the answer on its way.
    else if (!incoming.readableEnded) incoming.removeAllListeners("data").resume();
  });
  try {
    const response = await handler(requestOf(incoming, left.signal));
    outgoing.writeHead(response.status, [...response.headers].flat());
    if (!response.body) outgoing.end();
    else await pipeline(Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]), outgoing);
  } catch (error) {
    if (left.signal.aborted) return;
    console.error(error);
    if (outgoing.headersSent) outgoing.destroy();
    else refuse(outgoing, 500, "Something went wrong on the server. Try again.");
  }
}

function requestOf(incoming: IncomingMessage, signal: AbortSignal): Request {
  const headers = new Headers();
  for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
    const name = incoming.rawHeaders[i] ?? "";
    if (!name.startsWith(":")) headers.append(name, incoming.rawHeaders[i + 1] ?? "");
  }
  headers.set(peerHeader, incoming.socket.remoteAddress ?? "");
  const url = new URL(incoming.url ?? "/", `http://${incoming.headers.host ?? "localhost"}`);
  const method = incoming.method ?? "GET";
  if (method === "GET" || method === "HEAD") return new Request(url, { method, headers, signal });
  const body = Readable.toWeb(incoming) as ReadableStream<Uint8Array>;
  const init: RequestInit & { duplex: "half" } = { method, headers, signal, body, duplex: "half" };
  return new Request(url, init);
}

export function refuse(outgoing: ServerResponse, status: number, message: string): void {
  outgoing.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ message }));
}
