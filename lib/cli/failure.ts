// How a command ends early: what went wrong → an exit code and one sentence (2 for what the person can put right, 1 for the
// machine's troubles), and Ctrl-C, whose first asks the command to stop in order and whose second ends it at once.
import { CommanderError } from "commander";

export interface Failure {
  exitCode: number;
  /** One sentence for the person; empty where everything has been printed already. */
  sentence: string;
}

/** Sentences about a file that cannot be used, by Node's error code. */
const fileTroubles: Record<string, (path: string) => string> = {
  ENOENT: (path) => `There is no ${path}.`,
  EISDIR: (path) => `${path} is a directory, not a file.`,
  ENOTDIR: (path) => `${path} does not lead through directories.`,
  EACCES: (path) => `${path} may not be read or written by this user.`,
};
const machineTroubles: Record<string, string> = {
  ENOSPC: "The disk is full: nothing was changed.",
  EROFS: "The disk is read-only: nothing was changed.",
};
/** Errors that are not the fault of the input, and end with exit code 1. */
const failedRuns = new Set(["MemoryError", "NonFiniteError", "ReleaseError", "ServerError"]);

export function failureOf(error: unknown): Failure {
  if (error instanceof Interrupted) return { exitCode: 130, sentence: error.message };
  if (error instanceof CommanderError) return ofCommander(error);
  if (!(error instanceof Error)) return { exitCode: 1, sentence: String(error) };
  const { code, path } = error as NodeJS.ErrnoException;
  if (code && path && fileTroubles[code]) return { exitCode: 2, sentence: fileTroubles[code](path) };
  if (code && machineTroubles[code]) return { exitCode: 1, sentence: machineTroubles[code] };
  if (isMistakeOfOurs(error)) return { exitCode: 1, sentence: error.stack ?? error.message };
  return { exitCode: failedRuns.has(error.name) ? 1 : 2, sentence: oneLine(error.message) };
}

function ofCommander(error: CommanderError): Failure {
  if (error.exitCode === 0) return { exitCode: 0, sentence: "" };
  // `rankloop` alone has shown its help.
  if (error.code === "commander.help") return { exitCode: 2, sentence: "" };
  const text = oneLine(error.message.replace(/^error: /, ""));
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return { exitCode: 2, sentence: /[.?)]$/.test(sentence) ? sentence : `${sentence}.` };
}

/** Is this error a bug? Errors thrown on purpose have names of their own. For a bug the trace helps more than the sentence. */
function isMistakeOfOurs(error: Error): boolean {
  return [TypeError, RangeError, ReferenceError, SyntaxError].some((kind) => error instanceof kind);
}

const oneLine = (text: string) => text.trim().replace(/\s*\n\s*/g, " ");

export class Interrupted extends Error {
  override name = "Interrupted";
}

/** A signal that aborts at SIGINT or SIGTERM. */
export function interruptSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(130);
      stop.abort(new Interrupted("Stopped."));
    });
  }
  return stop.signal;
}
