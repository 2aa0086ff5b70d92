// What every spec starts from: a running Rankloop of this worker's own, its admin, and pages that are signed in.
import { test as base, type Page } from "@playwright/test";
import { closeDatabase, type Database, openDatabase } from "../db/client.ts";
import startPostgres, { newDatabaseOn } from "../db/postgres-server.fixture.ts";
import { type Running, startLauncher } from "../lib/launch/start-launcher.ts";
import type { Role } from "../lib/vocabulary/labeling.ts";
import { createAdmin, createPerson, type Person } from "./people.ts";
import { newDataDirectory, removeDataDirectory } from "./server.ts";

export { expect } from "@playwright/test";

export interface OfWorker {
  /** What everything is kept in. */
  engine: "sqlite" | "postgres";
  /**
   * What a launcher on this data directory has in its environment: on PostgreSQL the address of a database of its own, which
   * stays the directory's when a launcher starts there again.
   */
  databaseOf: (data: string) => Promise<Record<string, string>>;
  /** Of the launcher; undefined = any free one. */
  port: number | undefined;
  /** One launcher for all specs of a worker: they share its people and prompts, and make their own. */
  server: Running;
  admin: Person;
  /** The launcher's database, to look at through db/queries. */
  db: Database;
}

interface OfTest {
  /** Another Rankloop, on a new data directory or the one given; stopped and removed when the test ends. */
  launch: (data?: string, port?: number, env?: Record<string, string>, flags?: string[]) => Promise<Running>;
  /** A new account of this role, signed in. */
  person: (role: Role) => Promise<Person>;
  /** A page signed in as somebody. */
  pageOf: (person: Person) => Promise<Page>;
}

export const test = base.extend<OfTest, OfWorker>({
  engine: ["sqlite", { option: true, scope: "worker" }],
  databaseOf: [
    async ({ engine }, use) => {
      if (engine === "sqlite") return use(async () => ({}));
      const end = await startPostgres();
      const known = new Map<string, string>();
      await use(async (data) => {
        // Without tables: the launcher makes them.
        const address =
          known.get(data) ?? (await newDatabaseOn(process.env.RANKLOOP_TEST_POSTGRES!, { tables: false }));
        known.set(data, address);
        return { RANKLOOP_DATABASE: address };
      });
      await end();
    },
    { scope: "worker", timeout: 300_000 },
  ],
  port: [undefined, { option: true, scope: "worker" }],
  server: [
    async ({ port, databaseOf }, use) => {
      const data = newDataDirectory();
      const server = await startLauncher(data, port, await databaseOf(data));
      await use(server);
      await server.stop();
      removeDataDirectory(data);
    },
    { scope: "worker", timeout: 300_000 },
  ],
  admin: [async ({ server }, use) => use(await createAdmin(server.address)), { scope: "worker" }],
  db: [
    async ({ server }, use) => {
      const db = openDatabase(server.file);
      await use(db);
      await closeDatabase(db);
    },
    { scope: "worker" },
  ],
  launch: async ({ databaseOf }, use) => {
    const servers: Running[] = [];
    await use(async (data = newDataDirectory(), port, env, flags) => {
      const server = await startLauncher(data, port, { ...(await databaseOf(data)), ...env }, flags);
      servers.push(server);
      return server;
    });
    await Promise.all(servers.map((server) => server.stop()));
    for (const { data } of servers) removeDataDirectory(data);
  },
  person: async ({ server, admin }, use) => use((role) => createPerson(server.address, admin, role)),
  pageOf: async ({ server, browser }, use) => {
    const pages: Page[] = [];
    await use(async ({ cookies }) => {
      const context = await browser.newContext({ baseURL: server.address });
      await context.addCookies(cookies.map((cookie) => ({ ...cookie, url: server.address })));
      const page = await context.newPage();
      pages.push(page);
      return page;
    });
    for (const page of pages) await page.context().close();
  },
});
