// The HTTP API for programs; its description is at /api/v1/openapi.json.
import { openApiHandler } from "../../../../lib/api/handlers.ts";

// Without it Next hands over a stand-in for the request, which oRPC cannot read the body of.
export const dynamic = "force-dynamic";

export {
  openApiHandler as DELETE,
  openApiHandler as GET,
  openApiHandler as PATCH,
  openApiHandler as POST,
  openApiHandler as PUT,
};
