// All tables, for drizzle and for the migrations it writes.
export * from "./api-tokens.ts";
export * from "./comparisons.ts";
export * from "./data-sources.ts";
export * from "./drafts.ts";
export * from "./events.ts";
export * from "./guidelines.ts";
export * from "./installation.ts";
export * from "./jobs.ts";
export * from "./models.ts";
export * from "./people.ts";
export * from "./projects.ts";
export * from "./prompts.ts";
export * from "./rankings.ts";
export * from "./reviews.ts";
export * from "./training.ts";
export * from "./trials.ts";
