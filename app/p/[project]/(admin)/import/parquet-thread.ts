// Reads a Parquet file beside the page: first it is told the file, and then asked for rows, time after time.
import { type Answer, answering } from "../../../../../lib/datasets/files/parquet-beside.ts";

let answer: (() => Promise<Answer>) | undefined;

self.addEventListener("message", async ({ data: file }: MessageEvent<File | null>) => {
  if (file) {
    answer = answering({ size: file.size, slice: (from, to) => file.slice(from, to).arrayBuffer() });
    return;
  }
  self.postMessage(await answer?.());
});
