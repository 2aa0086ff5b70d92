// Pairs of words that rhyme.

export const rhymes: readonly (readonly [string, string])[] = [
  ["day", "play"],
  ["night", "light"],
  ["tree", "me"],
  ["sea", "free"],
  ["sky", "fly"],
  ["town", "down"],
  ["moon", "soon"],
  ["rain", "again"],
  ["house", "mouse"],
  ["snow", "go"],
  ["bright", "white"],
  ["long", "song"],
  ["fall", "all"],
  ["bed", "red"],
  ["sun", "run"],
  ["ground", "found"],
  ["blue", "you"],
  ["cold", "gold"],
];
