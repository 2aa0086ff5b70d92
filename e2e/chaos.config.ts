// `npm run chaos`: the journey of chaos.spec.ts, long.
import { defineConfig } from "@playwright/test";
import config from "./playwright.config.ts";

export default defineConfig(config, { testMatch: "chaos.spec.ts", metadata: { chaosRounds: 20 } });
