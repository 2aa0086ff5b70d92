// The typed client's door: oRPC's own protocol.
import { rpcHandler } from "../../../../lib/api/handlers.ts";

// Without it Next hands over a stand-in for the request, which oRPC cannot read the body of.
export const dynamic = "force-dynamic";

export { rpcHandler as GET, rpcHandler as POST };
