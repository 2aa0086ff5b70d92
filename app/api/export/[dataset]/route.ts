// The download of a data set as JSON lines, streamed: /api/export/comparisons?split=train.
import { exportHandler } from "../../../../lib/api/export.ts";

// Without it Next hands over a stand-in for the request, which oRPC cannot read the body of.
export const dynamic = "force-dynamic";

export async function GET(request: Request, { params }: { params: Promise<{ dataset: string }> }): Promise<Response> {
  return exportHandler(request, (await params).dataset);
}
