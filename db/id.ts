// Ids of rows: opaque, random, safe in URLs, file names and as command-line arguments.
import { randomBytes } from "node:crypto";

/** 96 random bits in hex, e.g. "5f0c3d9a1b7e42860f93ac1d". */
export const newId = (): string => randomBytes(12).toString("hex");
