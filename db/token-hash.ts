// The hash that is stored in place of a token, so that nobody who reads the database, or a copy of it, can sign in with it.
// Tokens have 128 random bits or more, so a hash without salt and without delay cannot be reversed.
import { createHash } from "node:crypto";

export const tokenHash = (token: string): string => createHash("sha256").update(token).digest("hex");
