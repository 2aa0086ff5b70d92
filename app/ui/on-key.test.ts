import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { listenToKeys, onKey } from "./on-key.ts";

const press = (key: string, part: Partial<KeyboardEvent> = {}) =>
  Object.assign(new Event("keydown"), { key, isComposing: false, keyCode: 27, ...part });

test("a key that an input method uses is not the page's, and the next one is", () => {
  const target = new EventTarget();
  const heard = vi.fn<(event: KeyboardEvent) => void>();
  const stop = listenToKeys(target, heard);
  target.dispatchEvent(press("Escape", { isComposing: true }));
  // Safari: the composition has ended by then.
  target.dispatchEvent(press("Escape", { keyCode: 229 }));
  target.dispatchEvent(press("Process", { keyCode: 229 }));
  expect(heard).not.toHaveBeenCalled();
  target.dispatchEvent(press("Escape"));
  expect(heard).toHaveBeenCalledOnce();
  stop();
  target.dispatchEvent(press("Escape"));
  expect(heard).toHaveBeenCalledOnce();
});

test("an element's own handler hears no such key either", () => {
  const heard = vi.fn<() => void>();
  const handler = onKey(heard);
  const event = (nativeEvent: object) => ({ nativeEvent }) as Parameters<typeof handler>[0];
  handler(event({ isComposing: true, keyCode: 13 }));
  handler(event({ isComposing: false, keyCode: 229 }));
  expect(heard).not.toHaveBeenCalled();
  handler(event({ isComposing: false, keyCode: 13 }));
  expect(heard).toHaveBeenCalledOnce();
});

test("no screen listens to keys in another way", async () => {
  const app = join(import.meta.dirname, "..");
  const found: string[] = [];
  for await (const file of glob("**/*.{ts,tsx}", { cwd: app })) {
    if (file.startsWith(join("ui", "on-key."))) continue;
    const source = readFileSync(join(app, file), "utf8");
    const own = source.match(
      /addEventListener\(\s*"key(down|up|press)"|onKey(Down|Up|Press)(?!: onKey|=\{onKey)\b\s*[:=]\s*\{?/g,
    );
    for (const one of own ?? []) found.push(`${file}: ${one}`);
  }
  expect(found).toEqual([]);
});
