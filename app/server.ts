// The web process: the API's doors and, for everything else, Next's pages. Started by lib/launch/launch.ts.
// The doors stand before Next: a call through a Next route costs 1.3 ms of this one thread, straight to the handler 0.4.
//
//   node app/server.ts <host> <port> [--dev]
import { createServer } from "node:http";
import { join } from "node:path";
import next from "next";
import { authHandler } from "../lib/api/auth.ts";
import { exportHandler } from "../lib/api/export.ts";
import { openApiHandler, rpcHandler } from "../lib/api/handlers.ts";
import { answer, type FetchHandler, refuse } from "../lib/launch/answer.ts";

const [hostname = "127.0.0.1", port = "3000", mode] = process.argv.slice(2);
const pages = next({ dev: mode === "--dev", dir: join(import.meta.dirname, ".."), hostname, port: Number(port) });
await pages.prepare();
const page = pages.getRequestHandler();

const server = createServer((incoming, outgoing) => {
  const { pathname } = URL.parse(incoming.url ?? "", "http://localhost") ?? {};
  if (pathname === undefined) return refuse(outgoing, 400, "This is no address.");
  const handler = doorOf(pathname);
  return handler ? answer(handler, incoming, outgoing) : page(incoming, outgoing);
});
// Longer than a browser keeps an idle connection: one that it means to use again must not be closing just then.
server.keepAliveTimeout = 310_000;
server.on("upgrade", pages.getUpgradeHandler());
server.listen(Number(port), hostname);

// What is under way is finished; event streams end by themselves (lib/api/stopping.ts).
process.once("SIGTERM", () => server.close(() => process.exit(0)));

function doorOf(pathname: string): FetchHandler | null {
  const [, api, door, name = ""] = pathname.split("/");
  if (api !== "api") return null;
  if (door === "rpc") return rpcHandler;
  if (door === "v1") return openApiHandler;
  if (door === "auth") return authHandler;
  if (door === "export") return (request) => exportHandler(request, name);
  return null;
}
