// Which review of a demonstration or a ranking counts, as SQL over a row of `review` in the query around it.
import { sql } from "drizzle-orm";

/** No later one of the same demonstration, or of the same ranking. */
export const isLatestReview = sql`review.seq = (select max(later.seq) from review as later
  where later.demonstration_id = review.demonstration_id or later.ranking_id = review.ranking_id)`;
