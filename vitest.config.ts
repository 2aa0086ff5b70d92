import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{app,lib,db,models}/**/*.test.ts"],
    // onnxruntime and training tests use both cores: more workers only make each slower.
    maxWorkers: 2,
    // For what hangs, not for what is slow: on a machine with other work to do a test takes ten times as long.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
