import { ORPCError } from "@orpc/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Draft } from "../../../../../lib/vocabulary/shapes.ts";
import { type DeviceStore, dropOldFromDevice, findOnDevice, keepOnDevice } from "./device.ts";
import { createDraftKeeper } from "./keeper.ts";

const readText = (content: unknown) => (typeof content === "string" ? content : null);

function memory(): DeviceStore {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    key: (index) => [...kept.keys()][index] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}

/** The three calls as the contract says they behave, over one draft; `fail` makes the next calls throw. */
function draftServer() {
  const server = {
    draft: null as Draft | null,
    saves: 0,
    fail: null as Error | null,
    get: async () => {
      if (server.fail) throw server.fail;
      return server.draft;
    },
    save: async (input: { basedOn: number; writer: string; content: unknown }) => {
      server.saves++;
      if (server.fail) throw server.fail;
      const before = server.draft;
      if (before && before.revision !== input.basedOn && before.writer !== input.writer) {
        return { outcome: "conflict" as const, draft: before, other: before };
      }
      const revision = (before?.revision ?? 0) + 1;
      server.draft = { revision, writer: input.writer, content: input.content as Draft["content"], savedAt: 0 };
      return { outcome: "saved" as const, draft: server.draft, other: null };
    },
    discard: async (input: { basedOn: number; writer: string }) => {
      if (server.fail) throw server.fail;
      const { draft } = server;
      if (draft?.revision === input.basedOn || draft?.writer === input.writer) server.draft = null;
      return { ok: true as const };
    },
  };
  return server;
}

const of = { person: "p", project: "x", subject: "prompt" };
function keeperOf(server: ReturnType<typeof draftServer>, store: DeviceStore, writer = "w1") {
  return createDraftKeeper<string>({
    ...of,
    writer,
    store: () => store,
    server,
    read: readText,
    onSignedOut: () => undefined,
  });
}
const settled = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a draft", () => {
  it("is on this device at once, and gone from it when the server has it", async () => {
    const [server, store] = [draftServer(), memory()];
    const keeper = keeperOf(server, store);
    keeper.open(null);
    for (const text of ["a", "ab", "abc"]) keeper.save(text);
    expect(findOnDevice(store, of, readText)?.content).toBe("abc");
    await settled();
    expect([server.draft?.content, server.draft?.revision, keeper.view().status]).toEqual(["abc", 2, "saved"]);
    expect(store.length).toBe(0);
  });

  it("waits out a lost connection, then arrives by itself", async () => {
    const [server, store] = [draftServer(), memory()];
    const keeper = keeperOf(server, store);
    keeper.open(null);
    server.fail = new TypeError("Failed to fetch");
    keeper.save("a");
    await settled();
    expect(keeper.view().status).toBe("offline");
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    server.fail = null;
    await vi.advanceTimersByTimeAsync(5_000);
    expect([server.draft?.content, keeper.view().status]).toEqual(["a", "saved"]);
  });

  it("comes back after a crash, from the device over an older one of the server", async () => {
    const [server, store] = [draftServer(), memory()];
    const before = keeperOf(server, store, "gone");
    before.open(null);
    before.save("a");
    await settled();
    server.fail = new TypeError("Failed to fetch");
    before.save("ab");
    await settled();

    server.fail = null;
    const after = keeperOf(server, store, "w2");
    after.open();
    await settled();
    expect(after.view()).toMatchObject({ value: "ab", isReady: true, status: "saved" });
    expect([server.draft?.content, store.length]).toEqual(["ab", 0]);
  });

  it("is not written over what another window saved: both are there to choose from", async () => {
    const [server, store] = [draftServer(), memory()];
    const [one, two] = [keeperOf(server, store, "w1"), keeperOf(server, store, "w2")];
    one.open();
    two.open();
    await settled();
    one.save("one");
    await settled();
    two.save("two");
    await settled();
    expect(two.view()).toMatchObject({ status: "conflict", other: "one" });
    two.save("two, on");
    await settled();
    expect(server.draft?.content).toBe("one");
    two.keepMine();
    await settled();
    expect(server.draft?.content).toBe("two, on");
    one.save("one, on");
    await settled();
    expect(one.takeOther()).toBe("two, on");
    expect(one.view().status).toBe("saved");
  });

  it("says why the server will not have it, and keeps it here", async () => {
    const [server, store] = [draftServer(), memory()];
    const keeper = keeperOf(server, store);
    keeper.open(null);
    server.fail = new ORPCError("BAD_REQUEST", { message: "The draft is too long." });
    keeper.save("long");
    await vi.advanceTimersByTimeAsync(60_000);
    expect([keeper.view().problem, server.saves]).toEqual(["The draft is too long.", 1]);
    expect(findOnDevice(store, of, readText)?.content).toBe("long");
  });

  it("sends nothing after a pause, and what was on its way has been answered by then", async () => {
    const [server, store] = [draftServer(), memory()];
    const keeper = keeperOf(server, store);
    keeper.open(null);
    keeper.save("a");
    const paused = keeper.pause();
    keeper.save("ab");
    await paused;
    expect([server.draft?.content, server.saves]).toEqual(["a", 1]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.saves).toBe(1);
    expect(findOnDevice(store, of, readText)?.content).toBe("ab");
    keeper.forget();
    expect(store.length).toBe(0);
  });

  it("is thrown away on both sides, and a new one can begin", async () => {
    const [server, store] = [draftServer(), memory()];
    const keeper = keeperOf(server, store);
    keeper.open(null);
    keeper.save("a");
    keeper.discard();
    await settled();
    expect([server.draft, store.length, keeper.view().status]).toEqual([null, 0, "saved"]);
    keeper.save("b");
    await settled();
    expect(server.draft?.content).toBe("b");
  });

  it("thrown away here, leaves what another window has saved since, and shows it with the next change", async () => {
    const [server, store] = [draftServer(), memory()];
    const [mine, theirs] = [keeperOf(server, store), keeperOf(server, memory(), "w2")];
    mine.open(null);
    mine.save("a");
    await settled();
    theirs.open();
    await settled();
    theirs.save("ab");
    await settled();
    mine.discard();
    await settled();
    expect(server.draft).toMatchObject({ writer: "w2", content: "ab" });
    mine.save("b");
    await settled();
    expect(mine.view()).toMatchObject({ status: "conflict", other: "ab" });
  });

  it("waits for the server before the screen starts from nothing", async () => {
    const [server, store] = [draftServer(), memory()];
    server.draft = { revision: 3, writer: "gone", content: "theirs", savedAt: 0 };
    server.fail = new TypeError("Failed to fetch");
    const keeper = keeperOf(server, store);
    keeper.open();
    await settled();
    expect(keeper.view()).toMatchObject({ isReady: false, status: "offline" });
    server.fail = null;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(keeper.view()).toMatchObject({ isReady: true, value: "theirs", status: "saved" });
  });

  it("starts anew from what the screen cannot read", async () => {
    const [server, store] = [draftServer(), memory()];
    server.draft = { revision: 3, writer: "gone", content: { some: "thing" }, savedAt: 0 };
    const keeper = keeperOf(server, store);
    keeper.open();
    await settled();
    expect(keeper.view()).toMatchObject({ isReady: true, value: null });
    keeper.save("a");
    await settled();
    expect(server.draft?.content).toBe("a");
  });
});

describe("this device", () => {
  const left = (writer: string, content: string) => ({ writer, content, basedOn: 1 });

  it("finds the latest change of any window, of this person and draft only", () => {
    const store = memory();
    keepOnDevice(store, of, left("w1", "old"), 1);
    keepOnDevice(store, of, left("w2", "new"), 2);
    keepOnDevice(store, { ...of, person: "q" }, left("w3", "of another person"), 3);
    keepOnDevice(store, { ...of, subject: "ranking:x" }, left("w4", "of another draft"), 4);
    expect(findOnDevice(store, of, readText)).toMatchObject({ writer: "w2", content: "new", basedOn: 1 });
  });

  it("passes over what is not a draft", () => {
    const store = memory();
    store.setItem("rankloop.draft.p.prompt.w1", "{half");
    store.setItem("rankloop.draft.p.prompt.w2", '{"content": 5, "basedOn": 0, "savedAt": 9}');
    store.setItem("rankloop.draft.p.prompt.w3", '{"content": "text", "savedAt": 9}');
    expect(findOnDevice(store, of, readText)).toBeNull();
  });

  it("drops changes after a month, and nothing else", () => {
    const store = memory();
    const day = 24 * 3_600_000;
    keepOnDevice(store, of, left("w1", "old"), 0);
    keepOnDevice(store, of, left("w2", "new"), 20 * day);
    store.setItem("theme", "dark");
    dropOldFromDevice(store, 31 * day);
    expect([store.length, findOnDevice(store, of, readText)?.content]).toEqual([2, "new"]);
  });

  it("says so when it keeps nothing", () => {
    const full: DeviceStore = {
      ...memory(),
      setItem: () => {
        throw new Error("QuotaExceededError");
      },
    };
    expect(keepOnDevice(full, of, left("w1", "a"))).toBe(false);
  });
});
