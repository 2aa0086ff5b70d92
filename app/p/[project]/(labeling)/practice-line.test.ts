import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { roles } from "../../../../lib/vocabulary/labeling.ts";
import { VisitProvider } from "../../../shell/user-context.tsx";
import { PracticeLine } from "./practice-line.tsx";

const says = (role: (typeof roles)[number], name?: string) =>
  renderToStaticMarkup(
    VisitProvider({
      user: { id: "u", username: "u", name: "U", isAdmin: false },
      projects: [{ id: "x", name: "X", createdAt: 0, archivedAt: null, role, isMember: true }],
      usual: "x",
      children: createElement(PracticeLine, name === undefined ? {} : { name }),
    }),
  );

test("says what the shipped model is, and links to the models for whoever may go there", () => {
  const known = "it knows one small valley, and nothing of the world outside.";
  expect(says("admin", "practice")).toContain(`practice comes with Rankloop to practice with: ${known}`);
  expect(says("admin", "practice")).toMatch(/<a href="\/p\/x\/models">Bring your own model or file<\/a>/);
  expect(says("annotator")).toContain(`These answers are by a practice model: ${known}`);
  expect(says("annotator")).toContain("A lead can bring another model or file.");
  expect(says("annotator")).not.toContain("<a");
});
