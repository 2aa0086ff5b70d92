// The typed client's door: oRPC's own protocol.
import { rpcHandler } from "../../../../lib/api/handlers.ts";

export { rpcHandler as GET, rpcHandler as POST };
