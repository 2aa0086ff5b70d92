import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DraftEvent, type DraftState, maySend, openDraft, reduceDraft, statusOf } from "./state.ts";

const play = (state: DraftState<string>, ...events: DraftEvent<string>[]) => events.reduce(reduceDraft, state);
const change = (content: string | null): DraftEvent<string> => ({ type: "change", content });
const send: DraftEvent<string> = { type: "send" };
const saved = (revision: number): DraftEvent<string> => ({ type: "saved", revision });
const fresh = openDraft<string>(null, null);

describe("a draft that is saved", () => {
  it("is sent once at a time, and the latest after that", () => {
    const first = play(fresh, change("a"), send, change("b"), change("c"));
    expect([first.sending, first.unsent, maySend(first)]).toEqual([{ content: "a" }, { content: "c" }, false]);
    const second = play(first, saved(1), send);
    expect([second.basedOn, second.sending, second.unsent]).toEqual([1, { content: "c" }, null]);
    expect(statusOf(second)).toBe("saving");
    expect(statusOf(play(second, saved(2)))).toBe("saved");
  });

  it("is kept and tried again after silence, the newest content first", () => {
    const silent = play(fresh, change("a"), send, { type: "silence" });
    expect([silent.unsent, statusOf(silent), maySend(silent)]).toEqual([{ content: "a" }, "offline", true]);
    expect(play(fresh, change("a"), send, change("b"), { type: "silence" }).unsent).toEqual({ content: "b" });
    expect(statusOf(play(silent, send))).toBe("offline");
    expect(statusOf(play(silent, send, saved(1)))).toBe("saved");
  });

  it("is not sent again as it is when the server refused it", () => {
    const refused = play(fresh, change("a"), send, { type: "refused", sentence: "Too long." });
    expect([maySend(refused), refused.unsent, statusOf(refused)]).toEqual([false, { content: "a" }, "offline"]);
    expect(maySend(play(refused, change("b")))).toBe(true);
  });
});

describe("two windows", () => {
  const conflict: DraftEvent<string> = { type: "conflict", content: "theirs", revision: 7 };

  it("are shown, and nothing more is sent until one is chosen", () => {
    const both = play(fresh, change("mine"), send, conflict, change("mine, on"));
    expect([statusOf(both), maySend(both)]).toEqual(["conflict", false]);
    expect(play(both, { type: "keep-mine" })).toMatchObject({ basedOn: 7, unsent: { content: "mine, on" } });
    const taken = play(both, { type: "take-other" });
    expect([taken.basedOn, taken.unsent, statusOf(taken)]).toEqual([7, null, "saved"]);
  });

  it("are none when both have written the same, or the other cannot be read", () => {
    expect(statusOf(play(fresh, change("theirs"), send, conflict))).toBe("saved");
    const unreadable = play(fresh, change("mine"), send, { type: "conflict", content: null, revision: 7 });
    expect([unreadable.basedOn, unreadable.unsent, statusOf(unreadable)]).toEqual([7, { content: "mine" }, "saving"]);
  });
});

describe("a draft taken up again", () => {
  const server = { revision: 4, writer: "w1", content: "saved" };

  it.each([
    ["no change was left on this device", null, { basedOn: 4, unsent: null, other: null }],
    [
      "the change left here follows what the server has",
      { basedOn: 4, writer: "w0", content: "newer" },
      { basedOn: 4, unsent: { content: "newer" }, other: null },
    ],
    [
      "the same window saved last, its answer lost",
      { basedOn: 3, writer: "w1", content: "newer" },
      { basedOn: 4, unsent: { content: "newer" }, other: null },
    ],
    ["both are the same", { basedOn: 3, writer: "w0", content: "saved" }, { basedOn: 4, unsent: null, other: null }],
    [
      "another window has saved since",
      { basedOn: 3, writer: "w0", content: "newer" },
      { unsent: { content: "newer" }, other: { content: "saved", revision: 4 } },
    ],
    [
      "it was thrown away here, written anew elsewhere",
      { basedOn: 3, writer: "w0", content: null },
      { basedOn: 4, unsent: null, other: null },
    ],
  ])("%s", (_, device, expected) => expect(openDraft(server, device)).toMatchObject(expected));

  it("goes on from this device when the server has none", () => {
    const state = openDraft(null, { basedOn: 3, writer: "w0", content: "only here" });
    expect([state.basedOn, state.unsent]).toEqual([0, { content: "only here" }]);
  });
});

const anyEvent: fc.Arbitrary<DraftEvent<string>> = fc.oneof(
  fc.record({ type: fc.constant("change" as const), content: fc.string({ maxLength: 2 }) }),
  fc.constant(send),
  fc.record({ type: fc.constant("saved" as const), revision: fc.nat(9) }),
  fc.record({ type: fc.constantFrom("silence" as const, "keep-mine" as const) }),
  fc.record({ type: fc.constant("refused" as const), sentence: fc.constant("No.") }),
  fc.record({ type: fc.constant("conflict" as const), content: fc.string({ maxLength: 2 }), revision: fc.nat(9) }),
);

it("never loses the last change before the server has it, whatever is answered", () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 30 }), (events) => {
      let state = fresh;
      let last: string | null = null;
      let isKept = true;
      for (const event of events) {
        // Answers come only to what was sent.
        if (["saved", "silence", "refused", "conflict"].includes(event.type) && !state.sending) continue;
        if (event.type === "change") [last, isKept] = [event.content, false];
        const arrived = state.sending?.content === last && !state.unsent;
        if (event.type === "saved" && arrived) isKept = true;
        if (event.type === "conflict" && arrived && event.content === last) isKept = true;
        state = reduceDraft(state, event);
        if (!isKept) expect((state.unsent ?? state.sending)?.content).toBe(last);
      }
    }),
  );
});
