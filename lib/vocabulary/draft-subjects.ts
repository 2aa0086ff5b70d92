// Subjects of drafts, the keys they are stored under: "prompt", "demonstration:<prompt id>" or "ranking:<comparison id>".

const ranking = "ranking:";

/** The draft of a ranking stays with the comparison, whoever holds the assignment just now. */
export const rankingSubject = (comparisonId: string): string => ranking + comparisonId;

export const demonstrationSubject = (promptId: string): string => `demonstration:${promptId}`;

/** The comparison whose ranking is drafted; null for any other draft. comparisonOf(rankingSubject(id)) → id */
export const comparisonOf = (subject: string): string | null =>
  subject.startsWith(ranking) ? subject.slice(ranking.length) : null;
