// Signing in and out: better-auth's own endpoints.
import { authHandler } from "../../../../lib/api/auth.ts";

export { authHandler as GET, authHandler as POST };
