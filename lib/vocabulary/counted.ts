// Numbers of things, as screens and the shell say them.

/** counted(1, "pair") → "1 pair", counted(1200, "pair") → "1,200 pairs" */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
