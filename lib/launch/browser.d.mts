export const browserPackages: string[];
export function findBrowser(): string | null;
