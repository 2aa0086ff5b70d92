import { describe, expect, it } from "vitest";
import { shown } from "./written.ts";

describe("text made safe to look at", () => {
  it("leaves text, tabs, line breaks, HTML and emoji as they are", () => {
    const text = "<b>1</b>\t& ok\n\n مرحبا 👩‍👧";
    expect(shown(text)).toBe(text);
  });

  it("shows control characters as pictures", () => {
    expect(shown("a\u0000b\u0007c\u001bd\u007fe")).toBe("a␀b␇c␛d␡e");
    expect(shown("\u0085\u009b")).toBe("\ufffd\ufffd");
  });

  it("turns Windows line ends into line ends, and shows a lone carriage return", () => {
    expect(shown("a\r\nb\rc")).toBe("a\nb␍c");
  });

  it("survives half a surrogate pair", () => {
    expect(shown("x\ud83d")).toBe("x\ufffd");
  });
});
