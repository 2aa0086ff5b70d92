// The router as two fetch handlers: /api/rpc for our own pages, /api/v1 (OpenAPI) for programs.
import { SmartCoercionPlugin } from "@orpc/json-schema";
import { OpenAPIGenerator } from "@orpc/openapi";
import { OpenAPIHandler } from "@orpc/openapi/fetch";
import { ORPCError, onError } from "@orpc/server";
import { RPCHandler } from "@orpc/server/fetch";
import { ZodToJsonSchemaConverter } from "@orpc/zod/zod4";
import { type Database, openDatabase } from "../../db/client.ts";
import type { FetchHandler } from "./answer.ts";
import { holdsNul, noNul, withJsonBody } from "./body.ts";
import { contract, isOfProject } from "./contract.ts";
import { bodyLimit, toApiError } from "./errors.ts";
import { comesFromOwnPage } from "./origin.ts";
import { type RequestContext, router } from "./router.ts";
import { stopping } from "./streams.ts";

const schemaConverters = [new ZodToJsonSchemaConverter()];
/** Converts an error that a procedure throws. */
const fromVerb = (error: unknown): never => {
  throw toApiError(error);
};
/** Converts an error that comes before the procedure is called, such as a body that cannot be read. */
const fromRequest = (error: unknown): never => {
  if (!(error instanceof ORPCError)) {
    throw new ORPCError("BAD_REQUEST", {
      message: "The request cannot be read: its body must be whole JSON.",
      cause: error,
    });
  }
  // It has been through fromVerb: a second time its code would be lost and it would be logged twice.
  throw error;
};
const rpc = new RPCHandler(router, {
  interceptors: [onError(fromRequest)],
  clientInterceptors: [onError(fromVerb)],
});
const openApi = new OpenAPIHandler(router, {
  interceptors: [onError(fromRequest)],
  clientInterceptors: [onError(fromVerb)],
  plugins: [new SmartCoercionPlugin({ schemaConverters })],
});

/** The handlers on one database; tests make their own. */
export function handlersOn(database: () => Database): Record<"rpc" | "v1", FetchHandler> {
  return {
    rpc: (request, left) => answer(request, rpc, "/api/rpc", { db: database(), left }),
    v1: async (request, left) => {
      if (new URL(request.url).pathname === "/api/v1/openapi.json") return Response.json(await specification());
      return answer(request, openApi, "/api/v1", { db: database(), left });
    },
  };
}

async function answer(
  request: Request,
  handler: typeof rpc | typeof openApi,
  prefix: "/api/rpc" | "/api/v1",
  { db, left }: Pick<RequestContext, "db" | "left">,
): Promise<Response> {
  // Listens from the first request on: by the time of SIGTERM it would be too late.
  stopping();
  if (!comesFromOwnPage(request)) {
    return refusal(new ORPCError("FORBIDDEN", { message: "This request comes from a page of another site." }));
  }
  // What is asked by GET stands in the address, as JSON or as it is.
  const asked = URL.parse(request.url)?.searchParams.values() ?? [];
  if ([...asked].some(holdsNul)) return refusal(new ORPCError("BAD_REQUEST", { message: noNul }));
  const read = await withJsonBody(request, bodyLimit);
  if (!(read instanceof Request)) return refusal(new ORPCError(read.code, read));
  const project = projectIn(new URL(read.url).pathname.slice(prefix.length));
  const { matched, response } = await handler.handle(read, {
    prefix: project === null ? prefix : `${prefix}/projects/${project}`,
    context: { db, project, headers: read.headers, left },
  });
  return matched ? response : refusal(new ORPCError("NOT_FOUND", { message: "There is no such call." }));
}

/** "/projects/<id>/prompts/list" → the id; null for what is the installation's, such as "/projects/list". */
const projectIn = (path: string): string | null => /^\/projects\/([\w-]{1,64})\/[^/]+/.exec(path)?.[1] ?? null;

/** The answer to a request refused before it reaches the router, in the form both clients read. */
function refusal(error: ORPCError<string, unknown>): Response {
  const body = error.toJSON();
  return Response.json({ json: body, ...body }, { status: error.status });
}

let written: Promise<unknown> | undefined;
function specification(): Promise<unknown> {
  written ??= document();
  return written;
}

async function document(): Promise<object> {
  const made = await new OpenAPIGenerator({ schemaConverters }).generate(contract, {
    info: {
      title: "Rankloop",
      version: "1",
      description: "Sign in at POST /api/auth/sign-in/username; the answer's token goes along as a bearer token.",
    },
    servers: [{ url: "/api/v1" }],
    security: [{ session: [] }],
    components: { securitySchemes: { session: { type: "http", scheme: "bearer" } } },
  });
  const project = { name: "project", in: "path", required: true, schema: { type: "string" } };
  const paths = Object.entries(made.paths ?? {}).map(([path, item]) => {
    const call = item?.get ?? item?.post;
    if (!isOfProject(call?.operationId?.split(".")[0])) return [path, item];
    return [`/projects/{project}${path}`, { parameters: [project], ...item }];
  });
  return { ...made, paths: Object.fromEntries(paths) };
}

const handlers = handlersOn(() => openDatabase());

/** /api/rpc, all methods: mounted by app/server.ts. */
export const rpcHandler: FetchHandler = handlers.rpc;
/** /api/v1, all methods: mounted by app/server.ts. The specification is at /api/v1/openapi.json. */
export const openApiHandler: FetchHandler = handlers.v1;
