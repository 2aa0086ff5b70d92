// Configuration of drizzle-kit for PostgreSQL: `npm run migrations` writes its next migration from the tables of db/schema.
import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: "./db/engine/postgres-tables.ts",
  out: "./db/migrations-postgres",
  casing: "snake_case",
});
