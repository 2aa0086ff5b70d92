import { describe, expect, it } from "vitest";
import { safeTarget, signInPath } from "./paths.ts";

describe("the page to go to after signing in", () => {
  it("keeps a path of this site with its query", () => {
    expect(safeTarget("/prompts/abc?x=1")).toBe("/prompts/abc?x=1");
    expect(safeTarget(decodeURIComponent(signInPath("/rank?a=b&c=d").split("next=")[1]!))).toBe("/rank?a=b&c=d");
  });

  it.each(["https://evil.example", "//evil.example", "/\\evil.example", "/\tevil", "javascript:alert(1)", "", null])(
    "goes home instead of to %j",
    (next) => expect(safeTarget(next)).toBe("/"),
  );
});
