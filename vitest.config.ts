import { defineConfig } from "vitest/config";

const onPostgresAlone = ["db/engine/postgres.test.ts", "db/copy.test.ts", "lib/worker/several-workers.test.ts"];

export default defineConfig({
  test: {
    // onnxruntime and training tests use both cores: more workers only make each slower.
    maxWorkers: 2,
    // For what hangs, not for what is slow: on a machine with other work to do a test takes ten times as long.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["{app,lib,db,models}/**/*.test.ts"],
          exclude: ["**/node_modules/**", ...onPostgresAlone],
        },
      },
      // What db/ promises, and the verbs that stand on it, on the other engine. Left out is what no database changes: graphs,
      // files, words.
      {
        extends: true,
        test: {
          name: "postgres",
          include: [
            "db/{queries,steps}/**/*.test.ts",
            "db/change.test.ts",
            "lib/{ranking,writing,project,datasets}/**/*.test.ts",
            "lib/worker/{loop,generate-job}.test.ts",
            ...onPostgresAlone,
          ],
          env: { RANKLOOP_TEST_ENGINE: "postgres" },
          globalSetup: "db/postgres-server.fixture.ts",
        },
      },
    ],
  },
});
