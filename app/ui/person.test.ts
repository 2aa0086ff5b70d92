import { expect, test } from "vitest";
import { namesShown } from "./person.tsx";

test("people are shown by the name they gave; those who look alike have their user name behind it", () => {
  const shown = namesShown([
    { username: "ada", name: "Ada Lovelace" },
    { username: "kim", name: "Kim" },
    { username: "kim2", name: "kim " },
  ]);
  expect(Object.fromEntries(shown)).toEqual({ ada: "Ada Lovelace", kim: "Kim (kim)", kim2: "kim  (kim2)" });
});
