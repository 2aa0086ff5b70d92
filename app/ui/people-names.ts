// The name each person gave, for showing beside what they wrote. Data carry user names, which never change.

/**
 * By user name; where two people share a name, each has the user name behind it.
 * namesShown([{ username: "kim", name: "Kim" }, { username: "kim2", name: "Kim" }]) → kim: "Kim (kim)", kim2: "Kim (kim2)"
 */
export function namesShown(people: readonly { username: string; name: string }[]): Map<string, string> {
  // As a reader tells them apart: by what they look like.
  const alike = Map.groupBy(people, ({ name }) => name.normalize("NFKC").trim().toLowerCase());
  return new Map(
    [...alike.values()].flatMap((group) =>
      group.map(({ username, name }) => [username, group.length > 1 ? `${name} (${username})` : name] as const),
    ),
  );
}
