// An exported model in a browser: the page has @huggingface/transformers and onnxruntime's WebAssembly, and no Rankloop.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";

const root = join(import.meta.dirname, "..");
const model = join(root, "models", "zoo", "world-1.5m");
const question = "Tell me a story about a fox.";
const types: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
};

const rankloop = async (...args: string[]) =>
  (await promisify(execFile)(process.execPath, [join(root, "lib", "cli.mjs"), ...args])).stdout;

/** Folders by the first part of a path, on a port of its own. */
async function serve(folders: Record<string, string>) {
  const server = createServer(async (request, response) => {
    const [, first = "", ...rest] = normalize(new URL(request.url ?? "/", "http://here").pathname).split("/");
    if (first === "")
      return response.setHeader("content-type", "text/html").end("<!doctype html><title>Exported</title>");
    const file = join(folders[first] ?? "/nowhere", ...rest);
    const content = await readFile(file).catch(() => null);
    response.setHeader("content-type", types[extname(file)] ?? "application/octet-stream");
    return content ? response.end(content) : response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

test("an exported model answers in a browser as it does here", async ({ page }) => {
  const folder = await mkdtemp(join(tmpdir(), "rankloop-exported-"));
  const modules = join(root, "node_modules");
  const { address, close } = await serve({
    library: join(modules, "@huggingface", "transformers", "dist"),
    runtime: join(modules, "onnxruntime-web", "dist"),
    models: folder,
  });
  try {
    await rankloop("export", "model", model, "--format", "onnx", "--out", join(folder, "fox"));
    const said = await rankloop(
      ...["generate", question, "--model", model, "-k", "1", "--temperature", "0", "--max-tokens", "40", "--json"],
    );
    const here = JSON.parse(said).answers[0].text as string;
    expect(here.length).toBeGreaterThan(20);

    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(address);
    const there = await page.evaluate(
      async ({ library, content }) => {
        const { env, pipeline } = await import(library);
        env.allowRemoteModels = false;
        env.allowLocalModels = true;
        env.localModelPath = "/models/";
        env.useWasmCache = false;
        env.useBrowserCache = false;
        env.backends.onnx.wasm.wasmPaths = "/runtime/";
        env.backends.onnx.wasm.numThreads = 1;
        const generate = await pipeline("text-generation", "fox", { device: "wasm" });
        const [{ generated_text: turns }] = await generate([{ role: "user", content }], {
          max_new_tokens: 40,
          do_sample: false,
        });
        return turns.at(-1).content as string;
      },
      { library: "/library/transformers.min.js", content: question },
    );
    // Here an answer is over where the person's next turn begins.
    expect(there.split("\nUser:")[0]).toBe(here);
    expect(asked.filter((url) => !url.startsWith(address) && !/^(blob|data):/.test(url))).toEqual([]);
    expect(asked.some((url) => url.endsWith(".wasm"))).toBe(true);
  } finally {
    close();
    await rm(folder, { recursive: true, force: true });
  }
});
