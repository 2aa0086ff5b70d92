import { expect, test } from "vitest";
import { addressOf } from "../../../../ui/form.ts";
import { type Chosen, chosenIn, filterOf, isNarrowed, orderOf } from "./chosen.ts";

const of = (chosen: Partial<Chosen>) => chosenIn(new URLSearchParams(chosen));

test("what is chosen stands in the address and comes back from it", () => {
  const chosen = of({
    search: "ada & co",
    state: "wanting",
    kind: "few-shot",
    by: "ada",
    source: "s1",
    order: "oldest",
  });
  expect(chosenIn(new URLSearchParams(addressOf(chosen)))).toEqual(chosen);
  expect(filterOf(chosen)).toMatchObject({
    search: "ada & co",
    state: "wanting",
    kind: "few-shot",
    by: "ada",
    source: "s1",
  });
  expect(orderOf(chosen)).toBe("oldest");
});

test("what nobody knows narrows nothing, and neither does an order", () => {
  const unknown = of({ state: "eaten", kind: "otter", useCase: "swimming", order: "sideways" });
  expect(filterOf(unknown)).toEqual({});
  expect(orderOf(unknown)).toBe("newest");
  expect([isNarrowed(of({ order: "oldest" })), isNarrowed(of({ search: " " })), isNarrowed(of({ by: "ada" }))]).toEqual(
    [false, false, true],
  );
});
