// Errors as callers get them: a code and one sentence. This is the only place where codes become HTTP.
import { ORPCError, ValidationError } from "@orpc/server";
import { type DiskTrouble, diskTroubleOf } from "../../db/disk-trouble.ts";
import { OtherRequest } from "../../db/requests.ts";
import { type DomainCode, DomainError } from "../vocabulary/domain-error.ts";
import { refusalOf } from "../vocabulary/refusal.ts";

const status: Record<DomainCode, number> = {
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  TOO_MANY_REQUESTS: 429,
};

const generic = "Something went wrong on the server, and nothing was changed. Try again; its log says more.";
const sentBefore =
  "This was saved before you changed it, and stays as it was then. Save again to keep this one as well.";
const diskTroubles = {
  full: {
    code: "INSUFFICIENT_STORAGE",
    status: 507,
    message: "The disk is full: nothing was stored. Make room, then try again.",
  },
  "read-only": {
    code: "INSUFFICIENT_STORAGE",
    status: 507,
    message: "The disk can only be read: nothing was stored. Make it writable, then try again.",
  },
  locked: {
    code: "SERVICE_UNAVAILABLE",
    status: 503,
    message: "Another program has locked the database, so nothing was stored. Try again in a moment.",
  },
  unreachable: {
    code: "SERVICE_UNAVAILABLE",
    status: 503,
    message: "The database does not answer. Try again in a moment.",
  },
  damaged: {
    code: "INTERNAL_SERVER_ERROR",
    status: 500,
    message: "The database is damaged: whoever runs Rankloop should stop it and put a backup back.",
  },
} as const satisfies Record<DiskTrouble, { code: string; status: number; message: string }>;

/** Turns any error into one with a code and a sentence. The details of an unexpected one are logged, and not sent. */
export function toApiError(error: unknown): ORPCError<string, unknown> {
  if (error instanceof DomainError) {
    const data = error.field === undefined ? undefined : { field: error.field };
    return new ORPCError(error.code, { status: status[error.code], message: error.message, data, cause: error });
  }
  if (error instanceof OtherRequest) {
    return new ORPCError("CONFLICT", { status: status.CONFLICT, message: sentBefore, cause: error });
  }
  if (error instanceof ORPCError) {
    if (error.code === "BAD_REQUEST" && error.cause instanceof ValidationError) {
      return new ORPCError(error.code, { message: firstIssue(error.cause), cause: error });
    }
    if (error.status < 500 || error.code === "SERVICE_UNAVAILABLE") return error;
  }
  console.error(error);
  const trouble = diskTroubleOf(error);
  if (trouble) {
    const { code, status, message } = diskTroubles[trouble];
    return new ORPCError(code, { status, message });
  }
  return new ORPCError("INTERNAL_SERVER_ERROR", { message: generic });
}

/** The most bytes of a request body: the longest prompt and demonstration together, escaped, are less than half of it. */
export const bodyLimit = 1_000_000;

function firstIssue({ issues, data }: ValidationError): string {
  const issue = issues[0];
  return issue ? refusalOf(issue, data).sentence : "The request is not valid.";
}
