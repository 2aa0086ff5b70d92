// Configuration of drizzle-kit for SQLite: `npm run migrations` writes the next migration after a change of db/schema. Paths
// are from the top directory.
import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  schema: "./db/schema/index.ts",
  out: "./db/migrations",
  casing: "snake_case",
});
