// The model list. Weights are directories (lib/training/model-directory.ts); a model at an address has its own elsewhere.
import { sql } from "drizzle-orm";
import { check, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { addressAsks, modelOrigins } from "../../lib/vocabulary/labeling.ts";
import { project } from "./projects.ts";

export const model = sqliteTable(
  "model",
  {
    id: text().primaryKey(),
    /** The one that trained it; null for the installation's, which all projects may use. */
    projectId: text().references(() => project.id, { onDelete: "cascade" }),
    name: text().notNull(),
    kind: text({ enum: ["lm", "reward"] }).notNull(),
    /** Where it comes from, and which root `directory` is under. */
    origin: text({ enum: modelOrigins }).notNull(),
    /** Of one from a folder that folder, as an absolute path; "" of one at an address. */
    directory: text().notNull(),
    /** Null of one at an address, and until one from a hub is here. */
    parameters: integer(),
    /** Tokens of prompt and answer together; null as `parameters`. */
    context: integer(),
    /** Bits of a weight in memory while it answers. */
    bits: integer().notNull().default(32),
    createdAt: integer().notNull(),
    /** Not offered any more since then; what names it stays. */
    archivedAt: integer(),
    /** When its files were deleted; the row stays, because answers and runs refer to it. */
    deletedAt: integer(),
  },
  () => [
    check("model_kind", sql`kind in ('lm', 'reward')`),
    check("model_origin", sql`origin in ('shipped', 'trained', 'folder', 'hub', 'address')`),
    check("model_bits", sql`bits in (32, 8, 4)`),
  ],
);

/** How a model at an address is asked. */
export const modelAddress = sqliteTable(
  "model_address",
  {
    modelId: text()
      .primaryKey()
      .references(() => model.id, { onDelete: "cascade" }),
    baseUrl: text().notNull(),
    /** The server's name for the model; "" where it has but one. */
    serverModel: text().notNull(),
    asks: text({ enum: addressAsks }).notNull(),
    /** Does the server make several answers in one call? */
    severalPerCall: integer({ mode: "boolean" }).notNull(),
    /** JSON: further fields of each request. */
    extra: text().notNull(),
    /** For a million tokens, in any one currency; null: unknown. */
    promptPrice: real(),
    answerPrice: real(),
    /** Calls at once. */
    parallel: integer().notNull(),
    timeLimitMs: integer().notNull(),
    /** How prompt and answer become one text for a reward model; null: the server's chat template does that. */
    template: text(),
    /** Sealed with the data folder's own secret (lib/secret.ts); null where there is none, or a variable names it. */
    sealedKey: text(),
    /** The environment variable that holds it. */
    keyVariable: text(),
  },
  () => [
    check("model_address_asks", sql`asks in ('chat', 'completion', 'classify', 'get_reward')`),
    check("model_address_parallel", sql`parallel >= 1 and time_limit_ms >= 1`),
    check("model_address_key", sql`sealed_key is null or key_variable is null`),
  ],
);

/** What is fetched from a hub, and how far that is. */
export const modelDownload = sqliteTable("model_download", {
  modelId: text()
    .primaryKey()
    .references(() => model.id, { onDelete: "cascade" }),
  /** Such as "Qwen/Qwen2-0.5B". */
  repository: text().notNull(),
  /** A branch, a tag or a commit, as it was asked for. */
  revision: text().notNull(),
  /** The commit it stood for; null until the hub has said so. All files are of this one. */
  commit: text(),
  bytesDone: integer().notNull().default(0),
  /** Null until the hub has said what there is. */
  bytesTotal: integer(),
  /** When all files were here and checked. */
  finishedAt: integer(),
});

export const modelMetric = sqliteTable(
  "model_metric",
  {
    modelId: text()
      .notNull()
      .references(() => model.id),
    name: text().notNull(),
    value: real().notNull(),
  },
  (table) => [primaryKey({ columns: [table.modelId, table.name] })],
);
