// Rows are inserted also where a bundler has loaded this module twice in one process.
import { expect, test } from "vitest";
import { change } from "../change.ts";
import { contentsOf, temporaryDatabase, testProject } from "../database.fixture.ts";
import { scenario } from "../schema/index.ts";

test("another copy of the module inserts rows through the tx of a change", async () => {
  const { db, remove } = await temporaryDatabase();
  // @ts-expect-error The query makes it another module.
  const copy: typeof import("./orm.ts") = await import("./orm.ts?another");
  const { insertRows } = await import("./orm.ts");
  expect(copy.insertRows).not.toBe(insertRows);
  const row = { id: "s", projectId: testProject, text: "A diary.", createdAt: 1 };
  await change({ db, project: testProject, actor: { kind: "system" }, now: 1 }, (tx) =>
    copy.insertRows(tx, scenario, [row]),
  );
  expect((await contentsOf(db)).scenario).toMatchObject([row]);
  remove();
});
