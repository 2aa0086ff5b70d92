// Words and their opposites.

export const opposites: readonly (readonly [string, string])[] = [
  ["big", "small"],
  ["hot", "cold"],
  ["old", "new"],
  ["fast", "slow"],
  ["happy", "sad"],
  ["dark", "bright"],
  ["long", "short"],
  ["wet", "dry"],
  ["loud", "quiet"],
  ["full", "empty"],
  ["hard", "soft"],
  ["clean", "dirty"],
  ["open", "closed"],
  ["near", "far"],
  ["heavy", "light"],
  ["early", "late"],
];
