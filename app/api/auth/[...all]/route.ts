// Signing in and out: better-auth's own endpoints.
import { authHandler } from "../../../../lib/api/auth.ts";

// Without it Next hands over a stand-in for the request, which oRPC cannot read the body of.
export const dynamic = "force-dynamic";

export { authHandler as GET, authHandler as POST };
