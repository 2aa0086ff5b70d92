// DomainError is what a verb throws when it refuses: a code for programs and one sentence for a person. lib/api maps the code to HTTP.

export const domainCodes = [
  "BAD_REQUEST",
  "UNAUTHORIZED",
  "FORBIDDEN",
  "NOT_FOUND",
  "CONFLICT",
  "TOO_MANY_REQUESTS",
] as const;
export type DomainCode = (typeof domainCodes)[number];

/** A DomainError is a refusal: nothing was changed. */
export class DomainError extends Error {
  override name = "DomainError";
  readonly code: DomainCode;
  /** The field of the input at which a form shows the sentence. */
  readonly field: string | undefined;
  constructor(code: DomainCode, sentence: string, options?: ErrorOptions & { field?: string }) {
    super(sentence, options);
    this.code = code;
    this.field = options?.field;
  }
}
