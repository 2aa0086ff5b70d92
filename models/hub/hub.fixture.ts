// For tests: a hub on loopback, which serves one model with Hugging Face's API.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const commit = "c0ffee".padEnd(40, "0");

export interface Hub {
  address: string;
  files: Map<string, Buffer>;
  /** What "main" stands for; the files are those of `commit`. */
  head: string;
  /** The path and the range of each request for a file. */
  asked: { path: string; range: string | undefined; authorization: string | undefined }[];
  /** Answers a request for a file otherwise; true where it did. */
  meddle: (path: string, reply: ServerResponse, from: number) => boolean;
  close(): void;
}

/** @param repository the one that there is, such as "owner/otter" */
export async function serveHub(repository: string, files: Record<string, Buffer | string>): Promise<Hub> {
  const hub: Hub = {
    address: "",
    head: commit,
    files: new Map(Object.entries(files).map(([name, content]) => [name, Buffer.from(content)])),
    asked: [],
    meddle: () => false,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  const json = (reply: ServerResponse, body: unknown, status = 200) =>
    reply.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  const server = createServer((asked, reply) => {
    const { pathname } = new URL(asked.url ?? "/", hub.address);
    if (pathname.startsWith(`/api/models/${repository}/revision/`)) {
      if (!/\/(main|c0ffee0+)$/.test(pathname)) return json(reply, { error: "Invalid rev id" }, 404);
      const sha = pathname.endsWith("/main") ? hub.head : commit;
      return json(reply, { _id: "1", id: repository, sha, lastModified: "2026-11-30T12:00:00Z" });
    }
    if (pathname === `/api/models/${repository}/tree/${commit}`) return json(reply, [...hub.files].map(listed));
    const begin = `/${repository}/resolve/${commit}/`;
    const file = pathname.startsWith(begin) ? hub.files.get(pathname.slice(begin.length)) : undefined;
    if (!file) return json(reply, { error: "Repository not found" }, 404);
    give(hub, pathname.slice(begin.length), file, asked, reply);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  hub.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return hub;
}

const isLarge = (path: string) => path.endsWith(".safetensors");

function listed([path, content]: [string, Buffer]) {
  const size = content.length;
  const oid = createHash("sha1").update(`blob ${size}\0`).update(content).digest("hex");
  if (!isLarge(path)) return { type: "file", path, size, oid };
  const sha256 = createHash("sha256").update(content).digest("hex");
  return { type: "file", path, size, oid: "0".repeat(40), lfs: { oid: sha256, size, pointerSize: 130 } };
}

function give(hub: Hub, path: string, file: Buffer, { headers }: IncomingMessage, reply: ServerResponse): void {
  const { range, authorization } = headers;
  const [, from = "0", to = ""] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? [];
  // The package asks for the first byte to learn the size.
  if (range !== "bytes=0-0") {
    hub.asked.push({ path, range, authorization });
    if (hub.meddle(path, reply, Number(from))) return;
  }
  const end = to === "" ? file.length - 1 : Math.min(Number(to), file.length - 1);
  const common = { etag: `"${path}"`, "accept-ranges": "bytes" };
  if (range === undefined) {
    reply.writeHead(200, { ...common, "content-length": file.length }).end(file);
    return;
  }
  const part = file.subarray(Number(from), end + 1);
  const contentRange = `bytes ${from}-${end}/${file.length}`;
  reply.writeHead(206, { ...common, "content-range": contentRange, "content-length": part.length }).end(part);
}
