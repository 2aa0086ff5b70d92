import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{app,lib,db,models}/**/*.test.ts"],
    // onnxruntime and training tests use both cores: more workers only make each slower.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
