export interface PageWeight {
  page: string;
  bytes: number;
}
export const rankLimit: number;
export function pageWeights(root: string): PageWeight[];
export function weightReport(weights: readonly PageWeight[]): { lines: string[]; problem: string | null };
export const rankPage: string;
