// The application that a reproduction works in: a launcher on a data directory of its own, its admin, and an account for
// each simulated labeler. What they do goes through the HTTP API, as it would from the screens.
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { closeDatabase, type Database, openDatabase } from "../../db/client.ts";
import { getModel } from "../../db/queries/models.ts";
import type { Labeler } from "../../models/world/labelers.ts";
import type { ApiClient } from "../api/client.ts";
import { type Cookie, clientOf, cookieHeader, signIn } from "../api/session.ts";
import { startLauncher } from "../launch/start-launcher.ts";
import { practiceProject } from "../project/practice.ts";
import { modelDirectory } from "../training/model-directory.ts";

/** The context of a watch that goes on when the web server restarts. */
export const throughRestarts = { retry: Number.POSITIVE_INFINITY };

export interface SimulatedPerson {
  labeler: Labeler;
  api: ApiClient;
}

export class Application {
  readonly admin: ApiClient;
  readonly labelers: readonly SimulatedPerson[];
  readonly #address: string;
  readonly #cookies: readonly Cookie[];
  readonly #db: Database;
  readonly #stop: () => Promise<void>;

  private constructor(
    address: string,
    cookies: readonly Cookie[],
    labelers: readonly SimulatedPerson[],
    stop: () => Promise<void>,
  ) {
    this.#address = address;
    this.#cookies = cookies;
    this.#stop = stop;
    this.#db = openDatabase();
    this.admin = clientOf(address, cookies);
    this.labelers = labelers;
  }

  /** Starts the application on the data of an earlier try, or on new data. */
  static async open(data: string, labelers: readonly Labeler[]): Promise<Application> {
    process.env.RANKLOOP_DATA = data;
    const password = await passwordIn(data);
    const { address, stop } = await startLauncher(data);
    try {
      const nobody = clientOf(address);
      const account = { username: "admin", name: "Admin", password };
      if ((await nobody.setup.status()).needed) await nobody.setup.createAdmin(account);
      const cookies = await signIn(address, account.username, password);
      const admin = clientOf(address, cookies);
      const known = new Set((await admin.members.list()).map(({ username }) => username));
      const people: SimulatedPerson[] = [];
      for (const labeler of labelers) {
        const username = labeler.name.toLowerCase();
        if (!known.has(username)) {
          await admin.members.addAccount({ username, name: labeler.name, password, role: "labeler" });
        }
        people.push({ labeler, api: clientOf(address, await signIn(address, username, password)) });
      }
      return new Application(address, cookies, people, stop);
    } catch (error) {
      await stop();
      throw error;
    }
  }

  /** All comparisons as an engineer downloads them. @returns JSON lines */
  async comparisons(): Promise<string> {
    const answer = await fetch(`${this.#address}/api/export/${practiceProject}/comparisons?format=conversational`, {
      headers: { cookie: cookieHeader(this.#cookies) },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`The export was refused: ${answer.status} ${text}`);
    return text;
  }

  /** Where the files of a model are. */
  async directoryOf(modelId: string): Promise<string> {
    const model = await getModel({ db: this.#db, project: practiceProject }, modelId);
    if (!model) throw new Error(`There is no model ${modelId}.`);
    return modelDirectory(model);
  }

  async close(): Promise<void> {
    closeDatabase(this.#db);
    await this.#stop();
  }
}

/** The password of all these accounts, which only this program uses. */
async function passwordIn(data: string): Promise<string> {
  const file = join(data, "reproduction-password");
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    const password = randomBytes(18).toString("base64url");
    await writeFile(file, password, { mode: 0o600 });
    return password;
  }
}
