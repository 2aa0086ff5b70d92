// A prompt as its page gets it.
import type { InferContractRouterOutputs } from "@orpc/contract";
import type { contract } from "../../../../../../lib/api/contract.ts";

export type PromptDetail = InferContractRouterOutputs<typeof contract>["prompts"]["get"];
