// The same for PostgreSQL, whose tables are made from db/schema.
import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: "./db/engine/postgres-tables.ts",
  out: "./db/migrations-postgres",
  casing: "snake_case",
});
