// What is kept of a token: whoever reads the database, or a copy of it, cannot sign in with it. Tokens have 128 random bits
// and more, so that a hash without salt and without delay cannot be turned back.
import { createHash } from "node:crypto";

export const tokenHash = (token: string): string => createHash("sha256").update(token).digest("hex");
