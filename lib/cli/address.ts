// A model at an address instead of one in a directory: what the commands that ask models take for it.
import { type Command, Option } from "commander";
import type { ServerAddress } from "../../models/address/connection.ts";
import { InputError, whole } from "./input.ts";

export interface AddressOptions {
  address?: string;
  parallel?: number;
  timeLimit?: number;
}

/** Adds them to a command. */
export function withAddress(command: Command): Command {
  return command
    .option(
      "--address <url>",
      "ask a server with OpenAI's API, such as http://127.0.0.1:8000/v1; its key is RANKLOOP_KEY",
    )
    .addOption(new Option("--parallel <number>", "calls at once").argParser(whole("The number of calls", 1, 64)))
    .addOption(
      new Option("--time-limit <seconds>", "longest wait for one call").argParser(whole("The time limit", 1, 86_400)),
    );
}

/**
 * The server that was named; null where none was.
 * @throws InputError for options that only a server has a use for
 */
export function addressOf({ address, parallel, timeLimit }: AddressOptions): ServerAddress | null {
  if (address === undefined) {
    if (parallel === undefined && timeLimit === undefined) return null;
    throw new InputError("--parallel and --time-limit are for a server: name one with --address.");
  }
  return {
    baseUrl: address,
    key: process.env.RANKLOOP_KEY || undefined,
    parallel: parallel ?? 4,
    timeLimitMs: 1_000 * (timeLimit ?? 120),
    // Whoever has the shell reaches the network without Rankloop as well.
    allowInner: true,
  };
}

/** JSON from the command line. @throws InputError where it is no object */
export function fields(text: string): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read === "object" && read !== null && !Array.isArray(read)) return read as Record<string, unknown>;
  } catch {
    // The same sentence.
  }
  throw new InputError("--extra takes one JSON object, such as '{\"min_p\": 0.1}'.");
}
