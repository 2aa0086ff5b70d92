// The browser's typed way to the API: the oRPC client and its react-query options. No server code is imported here.
import { createORPCClient, ORPCError } from "@orpc/client";
import { RPCLink } from "@orpc/client/fetch";
import { ClientRetryPlugin, type ClientRetryPluginContext } from "@orpc/client/plugins";
import type { ContractRouterClient } from "@orpc/contract";
import { createTanstackQueryUtils, TANSTACK_QUERY_OPERATION_CONTEXT_SYMBOL } from "@orpc/tanstack-query";
import type { contract, InstallationGroup } from "./contract.ts";
import { Repeats } from "./repeats.ts";

interface ClientContext extends ClientRetryPluginContext {
  /** The idempotency key of the request; absent: the client draws one. */
  idempotencyKey?: string;
}

export type ApiClient = ContractRouterClient<typeof contract, ClientContext>;

/**
 * A client for one server. What is not a query of react-query goes under a key, so that it is carried out once.
 * A `watch` survives a restart of the server when called with `{ context: { retry: Number.POSITIVE_INFINITY } }`.
 * @param origin where the server is, e.g. "http://127.0.0.1:3000"
 * @param project the id of the one that calls about a project are about
 * @param headers sent with every call, e.g. a bearer token or (in tests) a cookie
 */
export function createApiClient(
  origin: () => string,
  project: () => string,
  headers?: () => Record<string, string>,
): ApiClient {
  const repeats = new Repeats();
  const link = new RPCLink<ClientContext>({
    // Made at the call: the module is also loaded while a page is rendered on the server, where there is no location.
    url: (_options, [group]) =>
      group && group in ofInstallation ? `${origin()}/api/rpc` : `${origin()}/api/rpc/projects/${project()}`,
    headers: ({ context: { idempotencyKey } }) => ({
      ...headers?.(),
      ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
    }),
    interceptors: [
      ({ next, ...call }) => {
        const { context, path, input } = call;
        const isQuery = TANSTACK_QUERY_OPERATION_CONTEXT_SYMBOL in context;
        if (isQuery || context.idempotencyKey !== undefined) return next();
        return repeats.send(JSON.stringify([project(), path, input]), (idempotencyKey) =>
          next({ ...call, context: { ...context, idempotencyKey } }),
        );
      },
    ],
    // A refusal is an answer: asked again it would be the same, once a second for ever.
    plugins: [
      new ClientRetryPlugin({
        default: { retry: 0, retryDelay: 1_000, shouldRetry: ({ error }) => !isRefusal(error) },
      }),
    ],
  });
  return createORPCClient(link);
}

/** Did the server refuse? Any other error is a lost connection, or a server that failed. */
export function isRefusal(error: unknown): error is ORPCError<string, unknown> {
  return error instanceof ORPCError && error.status >= 400 && error.status < 500;
}

/** Groups of calls that are about no project, in so many words: a page would load the whole contract to ask it. */
const ofInstallation: Record<InstallationGroup, true> = { setup: true, accounts: true, projects: true };

/**
 * The project that the page is about, as its address says; else the one it was about before. A page is of one project as
 * long as it lives: the ways to another load the page anew.
 */
export function pageProject(): string {
  pageProject.last = /^\/p\/([^/]+)/.exec(window.location.pathname)?.[1] ?? pageProject.last;
  return pageProject.last;
}
pageProject.last = "";

/** The client of the page's own server; its session cookie goes along by itself. */
export const api: ApiClient = createApiClient(() => window.location.origin, pageProject);

/** Query and mutation options: `useQuery(orpc.prompts.list.queryOptions({ input: { limit: 30 } }))`. */
export const orpc = createTanstackQueryUtils(api);

const silence = "The server does not answer. Check that it runs, then try again.";
const broken = "Something went wrong on the server. Try again; if it happens again, tell whoever runs it.";
const misunderstood = "The server did not understand this page. Reload it, then try again.";

/** The sentence to show a person for whatever a call threw. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof ORPCError)) return silence;
  // Our own refusals are sentences. A proxy, or a server that fails before it gets to us, says "Internal Server Error".
  if (error.message.endsWith(".")) return error.message;
  if (error.status === 502 || error.status === 503 || error.status === 504) return silence;
  return error.status >= 500 ? broken : misunderstood;
}
