import { expect, test } from "vitest";
import { type Role, roles } from "../../lib/vocabulary/labeling.ts";
import { roomsOf } from "./roles.ts";

test("each role finds its own rooms, in groups only where they are many", () => {
  const doors = (role: Role) =>
    roomsOf(role).map(({ name, rooms }) => `${name ? `${name}: ` : ""}${rooms.map((room) => room.name).join(" ")}`);
  expect(Object.fromEntries(roles.map((role) => [role, doors(role)]))).toEqual({
    admin: [
      "Home Write Prompts Rank Submitted Review",
      "Learning: Export Train Models Disagreements",
      "Project: Import Skipped Guidelines Settings History People",
    ],
    reviewer: [
      "Home Write Prompts Rank Submitted Review",
      "Learning: Export Train Models Disagreements",
      "Project: Import Skipped Guidelines Settings History",
    ],
    engineer: ["Home Prompts Export Train Models Disagreements"],
    labeler: ["Home Write Prompts Rank Submitted"],
    writer: ["Home Write Prompts"],
    annotator: ["Home Rank Submitted"],
  });
});
