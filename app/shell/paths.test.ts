import { describe, expect, it } from "vitest";
import { inProject, projectIn, safeTarget, signInPath } from "./paths.ts";

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

describe("a project's pages", () => {
  it.each([
    ["/", "/p/a"],
    ["/rank?reopen=1", "/p/a/rank?reopen=1"],
    ["/prompts/x#demonstration-y", "/p/a/prompts/x#demonstration-y"],
    ["/p/b/rank", "/p/b/rank"],
    ["/account", "/account"],
    ["/projects/new", "/projects/new"],
    ["/api/export/a/events", "/api/export/a/events"],
    ["https://example.org", "https://example.org"],
    ["#content", "#content"],
  ])("%j is %j", (path, expected) => {
    expect(inProject("a", path)).toBe(expected);
    expect(inProject(null, path)).toBe(path);
  });

  it("name their project", () => {
    expect([projectIn("/p/a"), projectIn("/p/a/rank"), projectIn("/prompts")]).toEqual(["a", "a", null]);
  });
});
