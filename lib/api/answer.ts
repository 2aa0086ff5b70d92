// Answering a request of Node's http with a fetch handler, streams included.

import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { peerHeader } from "./peer.ts";

/**
 * A FetchHandler answers a request. `left` fires when the visitor leaves before the answer is complete. It is passed by itself,
 * because a signal that follows another, as a Request's does, may be garbage-collected and then never fires.
 */
export type FetchHandler = (request: Request, left: AbortSignal) => Promise<Response>;

/** Answers one request. When the visitor leaves, the answer's body is cancelled. */
export async function answer(
  handler: FetchHandler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const left = new AbortController();
  outgoing.once("close", () => {
    if (!outgoing.writableFinished) left.abort();
  });
  try {
    const response = await handler(await requestOf(incoming, left.signal), left.signal);
    outgoing.writeHead(response.status, [...response.headers].flat());
    if (!response.body) outgoing.end();
    else if (streams(response)) await pump(response.body, outgoing, left.signal);
    else outgoing.end(new Uint8Array(await response.arrayBuffer()));
  } catch (error) {
    if (left.signal.aborted || incoming.destroyed || !incoming.complete) return;
    console.error(error);
    if (outgoing.headersSent) outgoing.destroy();
    else refuse(outgoing, 500, "Something went wrong on the server. Try again.");
  }
}

/** Is this answer sent as it comes? Events and downloads are; all else is small, and cheaper in one piece. */
const streams = (response: Response) => /event-stream|jsonl/.test(response.headers.get("content-type") ?? "");

async function pump(body: ReadableStream<Uint8Array>, outgoing: ServerResponse, left: AbortSignal): Promise<void> {
  const reader = body.getReader();
  left.addEventListener("abort", () => void reader.cancel().catch(() => {}), { once: true });
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    if (!outgoing.write(next.value)) await once(outgoing, "drain", { signal: left });
  }
  outgoing.end();
}

async function requestOf(incoming: IncomingMessage, signal: AbortSignal): Promise<Request> {
  const headers = new Headers();
  for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
    const name = incoming.rawHeaders[i] ?? "";
    if (!name.startsWith(":")) headers.append(name, incoming.rawHeaders[i + 1] ?? "");
  }
  const peer = incoming.headers[peerHeader];
  headers.set(peerHeader, typeof peer === "string" ? peer : "");
  const url = new URL(incoming.url ?? "/", `http://${incoming.headers.host ?? "localhost"}`);
  const method = incoming.method ?? "GET";
  if (method === "GET" || method === "HEAD") return new Request(url, { method, headers, signal });
  const length = Number(incoming.headers["content-length"]);
  const body = length <= inOnePiece ? await whole(incoming) : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>);
  const init: RequestInit & { duplex: "half" } = { method, headers, signal, body, duplex: "half" };
  return new Request(url, init);
}

/** Up to this many bytes a request body is read before the handler is called: a stream would cost more than the call. */
const inOnePiece = 64 * 1024;

function whole(incoming: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.once("end", () => resolve(new Uint8Array(Buffer.concat(chunks))));
    incoming.once("error", reject);
    incoming.once("close", () => reject(new Error("The visitor left in the middle of a request.")));
  });
}

/** A refusal of one sentence: as JSON for the API, as plain text for who opened a page. */
export function refuse(outgoing: ServerResponse, status: number, message: string): void {
  const program = outgoing.req.url?.startsWith("/api/");
  const type = program ? "application/json" : "text/plain; charset=utf-8";
  outgoing.writeHead(status, { "content-type": type }).end(program ? JSON.stringify({ message }) : message);
}

/** "/rank?x=1" → "/rank"; null for what is no path of this server, or holds bytes that are no characters, or NUL. */
export function pathOf(url: string): string | null {
  if (!url.startsWith("/") || url.startsWith("//")) return null;
  const parsed = URL.parse(url, "http://localhost");
  if (!parsed || parsed.href.includes("%00")) return null;
  try {
    decodeURIComponent(parsed.pathname);
    decodeURIComponent(parsed.search.replaceAll("+", " "));
  } catch {
    return null;
  }
  return parsed.pathname;
}
