// The web process: the API's handlers and, for everything else, Next's pages, behind one web server (lib/api/web-server.ts). Started by
// lib/launch/launch.ts.
// The handlers stand before Next: a call through a Next route costs 1.3 ms of this one thread, straight to one 0.4.
//
//   node app/server.ts <host> <port> [--dev]
import { createServer } from "node:http";
import { join } from "node:path";
import next from "next";
import type { FetchHandler } from "../lib/api/answer.ts";
import { authHandler } from "../lib/api/auth.ts";
import { exportHandler } from "../lib/api/export.ts";
import { openApiHandler, rpcHandler } from "../lib/api/handlers.ts";
import { createWebServer } from "../lib/api/web-server.ts";
import { servingHandlerOfApp } from "../lib/serve/app.ts";
import { servedPath } from "../lib/serve/handler.ts";

const [hostname = "127.0.0.1", port = "3000", mode] = process.argv.slice(2);
const dev = mode === "--dev";
// Next listens for upgrades on a server, and leaves open what it does not know: it gets one that nobody reaches, and hears
// there of those that the door lets in.
const upgrades = createServer();
const pages = next({
  dev,
  dir: join(import.meta.dirname, ".."),
  hostname,
  port: Number(port),
  httpServer: upgrades,
});
await pages.prepare();

const server = createWebServer({
  handlerOf,
  page: pages.getRequestHandler(),
  // What `getUpgradeHandler` returns answers nothing.
  upgrade: dev ? (...upgrade) => upgrades.emit("upgrade", ...upgrade) : undefined,
  hostname,
});
server.listen(Number(port), hostname);

// What is under way is finished; event streams end by themselves (lib/api/stopping.ts).
process.once("SIGTERM", () => server.close(() => process.exit(0)));

function handlerOf(pathname: string): FetchHandler | null {
  const [, api, door, project = "", dataset = ""] = pathname.split("/");
  if (api === "v1" || servedPath(pathname) !== null) return servingHandlerOfApp;
  if (api !== "api") return null;
  if (door === "rpc") return rpcHandler;
  if (door === "v1") return openApiHandler;
  if (door === "auth") return authHandler;
  if (door === "export") return (request) => exportHandler(request, { project, dataset });
  return async () => Response.json({ message: "There is nothing here." }, { status: 404 });
}
