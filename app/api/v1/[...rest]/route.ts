// The HTTP API for programs; its description is at /api/v1/openapi.json.
import { openApiHandler } from "../../../../lib/api/handlers.ts";

export {
  openApiHandler as DELETE,
  openApiHandler as GET,
  openApiHandler as PATCH,
  openApiHandler as POST,
  openApiHandler as PUT,
};
