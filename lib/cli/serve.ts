// rankloop serve: models behind OpenAI's API, for any client of it.
import { once } from "node:events";
import { stat } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { basename } from "node:path";
import { type Command, Option } from "commander";
import type { WeightBits } from "../../models/gpt/weight-bits.ts";
import { practiceModel } from "../../models/train/base-sizes.ts";
import { pageAddress } from "../launch/port.ts";
import { note, result } from "../output.ts";
import type { Served } from "../serve/engine.ts";
import { interruptSignal } from "./failure.ts";
import { InputError, path, shippedModel, whole } from "./input.ts";

interface Options {
  port: number;
  host: string;
  bits: "32" | "8" | "4";
  json?: boolean;
}

export function addServe(program: Command): void {
  program
    .command("serve")
    .description("Serve models over OpenAI's API, and reward models as vLLM's /classify and OpenRLHF's /get_reward do.")
    .argument("[models...]", "model directories (default: the practice model)")
    .option("--port <number>", "port, or 0 for a free one", whole("The port", 0, 65_535), 8_000)
    .option("--host <address>", "address to listen on; others than this machine's own take a token", "127.0.0.1")
    .addOption(
      new Option("--bits <number>", "bits of a weight in memory, as for generate")
        .choices(["32", "8", "4"])
        .default("32"),
    )
    .option("--json", "the address as one JSON object on stdout")
    .addHelpText("after", "\nWith RANKLOOP_TOKEN set, clients send it as their API key.")
    .action(serve);
}

async function serve(directories: string[], { port, host, bits, json }: Options): Promise<void> {
  const stop = interruptSignal();
  const { Engine } = await import("../serve/engine.ts");
  const { isLoopback, servingServer } = await import("../serve/server.ts");
  const token = tokenFor(host, isLoopback(host));
  const named = directories.length > 0 ? directories.map(path) : [shippedModel(practiceModel.name)];
  const served = await described(named, Number(bits) as WeightBits);
  const engine = new Engine();
  const server = servingServer({ engine, models: async () => served, token, host });
  try {
    const url = `${pageAddress(host, await listening(server, port, host))}/v1`;
    const models = served.map(({ id, kind }) => ({ id, kind }));
    result(json, { url, models }, () => `${models.map(({ id }) => id).join(", ")} at ${url}`);
    if (!json) note("Ctrl-C ends it.");
    await once(stop, "abort");
  } finally {
    engine.stop();
    server.close();
    server.closeAllConnections();
  }
}

/** @throws InputError where others than this machine's own programs could ask, and nothing keeps them out */
function tokenFor(host: string, isLoopback: boolean): string {
  const token = process.env.RANKLOOP_TOKEN ?? "";
  if (token === "" && isLoopback) return token;
  if (token.length >= 16) return token;
  throw new InputError(
    token === ""
      ? `Whoever reaches ${host} could ask the models: set RANKLOOP_TOKEN to a secret that clients send as their API key.`
      : "RANKLOOP_TOKEN is too short for a secret: take at least 16 characters.",
  );
}

/** Each model under the name of its directory. @throws ModelDirectoryError, InputError where two have one name */
async function described(directories: readonly string[], bits: WeightBits): Promise<Served[]> {
  const { describeModel } = await import("../../models/gpt/checkpoint.ts");
  const served = await Promise.all(
    directories.map(async (directory): Promise<Served> => {
      const [{ kind }, { mtimeMs }] = await Promise.all([describeModel(directory), stat(directory)]);
      return { id: basename(directory), kind, directory, bits, createdAt: mtimeMs };
    }),
  );
  const twice = served.find(({ id }, index) => served.findIndex((other) => other.id === id) < index);
  if (twice) throw new InputError(`Two models are called ${twice.id}: clients could not tell them apart.`);
  return served;
}

/** @returns the port. @throws InputError where it is taken, or the address is not this machine's */
async function listening(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const taken = code === "EADDRINUSE" ? `Port ${port} is taken by another program: choose another by --port.` : null;
    throw new InputError(taken ?? `Nothing can listen at ${host}, port ${port} (${code}).`, { cause });
  }
  return (server.address() as AddressInfo).port;
}
