import { expect, test } from "vitest";
import { type Held, LastUsed } from "./last-used.ts";

const held = (directory: string, bits: Held["bits"] = 32): Held => ({ directory, bits });

/** Says what happens to models that are only their names. */
function models() {
  const log: string[] = [];
  const broken = new Set<string>();
  const used = new LastUsed(async ({ directory }: Held) => {
    if (broken.has(directory)) throw new Error(`${directory} is broken`);
    log.push(`load ${directory}`);
    return { name: directory, dispose: () => void log.push(`unload ${directory}`) };
  });
  return { log, broken, used, name: (directory: string) => used.use(held(directory), async ({ name }) => name) };
}

test("the last one is kept, and makes way before another is loaded", async () => {
  const { log, name } = models();
  expect([await name("a"), await name("a"), await name("b"), await name("a")]).toEqual(["a", "a", "b", "a"]);
  expect(log).toEqual(["load a", "unload a", "load b", "unload b", "load a"]);
});

test("the same files in other bits are another model", async () => {
  const { log, used, name } = models();
  await name("a");
  expect(await used.use(held("a", 8), async (loaded) => loaded.name)).toBe("a");
  expect(log).toEqual(["load a", "unload a", "load a"]);
});

test("two that use it at once share it, also while it is loading", async () => {
  const { log, name } = models();
  expect(await Promise.all([name("a"), name("a")])).toEqual(["a", "a"]);
  expect(log).toEqual(["load a"]);
});

test("one that is in use goes when its last user is done", async () => {
  const { log, used, name } = models();
  const { promise: done, resolve: finish } = Promise.withResolvers<void>();
  const first = used.use(held("a"), () => done);
  const second = used.use(held("a"), () => done);
  expect(await name("b")).toBe("b");
  expect(log).toEqual(["load a", "load b"]);
  finish();
  await Promise.all([first, second]);
  expect(log).toEqual(["load a", "load b", "unload a"]);
});

test("after an error it is loaded anew, and another that is loaded stays", async () => {
  const { log, used, name } = models();
  await expect(used.use(held("a"), () => Promise.reject(new Error("broke")))).rejects.toThrow("broke");
  await used.forget(held("b"));
  await name("a");
  await used.forget(held("a"));
  await name("a");
  expect(log).toEqual(["load a", "unload a", "load a"]);
});

test("what cannot be loaded is tried again, and stands in nobody's way", async () => {
  const { log, broken, name } = models();
  broken.add("a");
  await expect(name("a")).rejects.toThrow("a is broken");
  broken.clear();
  expect(await name("a")).toBe("a");
  broken.add("b");
  await expect(name("b")).rejects.toThrow("b is broken");
  expect(await name("a")).toBe("a");
  expect(log).toEqual(["load a", "unload a", "load a"]);
});
