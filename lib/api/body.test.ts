import { expect, test } from "vitest";
import { withJsonBody } from "./body.ts";

const json = { "content-type": "application/json" };
const read = async (body: BodyInit | undefined, headers: Record<string, string> = json, limit = 1_000_000) => {
  const init: RequestInit & { duplex: "half" } = { method: "POST", headers, body, duplex: "half" };
  const got = await withJsonBody(new Request("http://127.0.0.1/x", init), limit);
  return got instanceof Request ? got.text() : [got.status, got.message];
};
const notUtf8 = [400, "The request cannot be read: its body is not UTF-8."];
const notJson = [415, "The body of a request is JSON: say so by content-type: application/json."];

test("JSON in UTF-8 comes through as it is", async () => {
  expect(await read('{"text":"größe \u{1f9a6} \\ud83d"}')).toBe('{"text":"größe \u{1f9a6} \\ud83d"}');
  expect(await read("{}", { "content-type": "application/json; charset=utf-8" })).toBe("{}");
  expect(await read("{}", { "content-type": "application/merge-patch+json" })).toBe("{}");
  expect(await read(undefined, {})).toBe("");
  expect(await read("", {})).toBe("");
});

test("bytes that are no characters are refused, not exchanged for others", async () => {
  const text = (...bytes: number[]) => Uint8Array.from([0x22, ...bytes, 0x22]);
  // A lone byte, half a character, one spelled too long, a surrogate, one beyond Unicode.
  for (const bytes of [[0xff], [0xc3], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]]) {
    expect(await read(text(...bytes))).toEqual(notUtf8);
  }
  expect(await read(text(0xc3, 0xb6))).toBe('"ö"');
});

test("NUL is refused however it is escaped; a backslash before u0000 is text", async () => {
  const refused = [400, "The text holds the character NUL (U+0000), which cannot be kept: take it out."];
  for (const body of ['"\\u0000"', '{"a":["x\\u0000"]}', '"\\\\\\u0000"', '{"\\u0000":1}'])
    expect(await read(body)).toEqual(refused);
  for (const body of ['"\\\\u0000"', '"\\\\\\\\u0000"', '"u0000 \\u0001"']) expect(await read(body)).toBe(body);
});

test("what is not called JSON is refused", async () => {
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "json"]) {
    expect(await read("{}", { "content-type": type })).toEqual(notJson);
  }
});

test("of what is too long no more is read than the limit", async () => {
  let produced = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      produced += 1_000;
      controller.enqueue(new Uint8Array(1_000).fill(0x20));
    },
  });
  expect(await read(endless, json, 10_000)).toEqual([413, "This is too much at once: a request has at most 10 kB."]);
  expect(produced).toBeLessThan(20_000);
  expect(await read("x", { ...json, "content-length": "1000001" })).toEqual([
    413,
    "This is too much at once: a request has at most 1 MB.",
  ]);
});
