// The models of this installation behind OpenAI's API, for programs that come with an API token.
import { existsSync } from "node:fs";
import type { InProject } from "../../db/change.ts";
import { type Database, openDatabase } from "../../db/client.ts";
import { findApiToken } from "../../db/queries/api-tokens.ts";
import { listModels } from "../../db/queries/models.ts";
import type { WeightBits } from "../../models/gpt/weight-bits.ts";
import type { FetchHandler } from "../api/answer.ts";
import { bearerOf } from "../api/session-token.ts";
import { hasFiles, modelDirectory } from "../training/model-directory.ts";
import { Engine, type Served } from "./engine.ts";
import { servingHandler } from "./handler.ts";
import { unknownKey } from "./server.ts";

export function appServingHandler(database: () => Database, engine: Engine): FetchHandler {
  return servingHandler({
    engine,
    models: (client) => servedModels({ db: database(), project: client.split("/")[0] ?? "" }),
    clientOf: async ({ headers }) => {
      const token = bearerOf(headers);
      if (token === "") throw unknownKey("Send an API token as a bearer token: leads make them in the settings.");
      const found = await findApiToken(database(), token);
      if (found === null) throw unknownKey("This API token is not known here, or was revoked.");
      return `${found.project}/${found.id}`;
    },
  });
}

/** Of the web server, whose processes of models come with the first who asks, and go when nobody has for a while. */
export const servingHandlerOfApp: FetchHandler = appServingHandler(
  () => openDatabase(),
  // Two may be compared; more would take the memory that training needs.
  new Engine({ most: 2, idleMs: 10 * 60_000 }),
);

/** Those of the token's project and of the installation, under their names, as people know them. */
async function servedModels(of: InProject): Promise<Served[]> {
  const rows = await listModels(of);
  return rows
    .filter(hasFiles)
    .filter(({ archivedAt }) => archivedAt === null)
    .map(
      (row): Served => ({
        id: row.name,
        kind: row.kind,
        directory: modelDirectory(row),
        bits: row.bits as WeightBits,
        createdAt: row.createdAt,
      }),
    )
    .filter(({ directory }) => existsSync(directory));
}
