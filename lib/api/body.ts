// A request's body as it must be: called JSON, in whole characters, of bounded size, without the character NUL. Read before
// any handler sees it.
import { isUtf8 } from "node:buffer";

/** A Refusal says why a request is refused before it reaches a handler. */
export interface Refusal {
  status: 400 | 413 | 415;
  code: "BAD_REQUEST" | "PAYLOAD_TOO_LARGE" | "UNSUPPORTED_MEDIA_TYPE";
  message: string;
}

/** The request with its body read into memory, or a refusal. No more than the limit is read of a longer body. */
export async function withJsonBody(request: Request, limit: number): Promise<Request | Refusal> {
  if (!request.body) return request;
  if (Number(request.headers.get("content-length")) > limit) return tooLong(limit);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.length;
    if (size > limit) return tooLong(limit);
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const { url, method, headers, signal } = request;
  if (size === 0) return new Request(url, { method, headers, signal });
  // A browser sends forms of other sites without asking, JSON it does not.
  if (!/^application\/([\w.-]+\+)?json\b/i.test(headers.get("content-type") ?? "")) {
    return refused(
      415,
      "UNSUPPORTED_MEDIA_TYPE",
      "The body of a request is JSON: say so by content-type: application/json.",
    );
  }
  if (!isUtf8(body)) return refused(400, "BAD_REQUEST", "The request cannot be read: its body is not UTF-8.");
  if (holdsNul(body.toString())) return refused(400, "BAD_REQUEST", noNul);
  return new Request(url, { method, headers, signal, body });
}

/** PostgreSQL's texts cannot hold it, and nobody means to write it. */
export const noNul = "The text holds the character NUL (U+0000), which cannot be kept: take it out.";

/** Does some string of this JSON hold the character NUL? It can only be there as an escape. */
export const holdsNul = (json: string): boolean => json.includes("\\u0000") && /(?<!\\)(?:\\\\)*\\u0000/.test(json);

const tooLong = (limit: number): Refusal => {
  const most = limit >= 1_000_000 ? `${limit / 1_000_000} MB` : `${limit / 1_000} kB`;
  return refused(413, "PAYLOAD_TOO_LARGE", `This is too much at once: a request has at most ${most}.`);
};

const refused = (status: Refusal["status"], code: Refusal["code"], message: string): Refusal => ({
  status,
  code,
  message,
});
