// Accounts and sessions: the tables better-auth 1.7 writes (username and admin plugins), by its names; and where people
// have signed in from.
import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { accountRoles } from "../../lib/vocabulary/labeling.ts";

const date = () => integer({ mode: "timestamp_ms" });

export const user = sqliteTable(
  "user",
  {
    id: text().primaryKey(),
    name: text().notNull(),
    email: text().notNull().unique(),
    emailVerified: integer({ mode: "boolean" }).notNull().default(false),
    image: text(),
    username: text().notNull().unique(),
    displayUsername: text(),
    /** "admin": administers the installation and all projects. What else people may do, `member` says for each project. */
    role: text({ enum: accountRoles }).notNull().default("user"),
    banned: integer({ mode: "boolean" }).default(false),
    banReason: text(),
    banExpires: date(),
    createdAt: date().notNull(),
    updatedAt: date().notNull(),
  },
  () => [check("user_role", sql`role in ('admin', 'user')`)],
);

export const session = sqliteTable(
  "session",
  {
    id: text().primaryKey(),
    token: text().notNull().unique(),
    userId: text()
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    expiresAt: date().notNull(),
    ipAddress: text(),
    userAgent: text(),
    impersonatedBy: text(),
    createdAt: date().notNull(),
    updatedAt: date().notNull(),
  },
  (table) => [index("session_user").on(table.userId)],
);

/** Networks a person has signed in from: wrong tries from elsewhere do not delay them there. */
export const signInPlace = sqliteTable(
  "sign_in_place",
  {
    userId: text()
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    /** An IPv4 address, or the first 64 bits of an IPv6 one. */
    network: text().notNull(),
    /** The last time. */
    at: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.network] })],
);

export const account = sqliteTable(
  "account",
  {
    id: text().primaryKey(),
    accountId: text().notNull(),
    providerId: text().notNull(),
    userId: text()
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    accessToken: text(),
    refreshToken: text(),
    idToken: text(),
    accessTokenExpiresAt: date(),
    refreshTokenExpiresAt: date(),
    scope: text(),
    password: text(),
    createdAt: date().notNull(),
    updatedAt: date().notNull(),
  },
  (table) => [index("account_user").on(table.userId)],
);

export const verification = sqliteTable(
  "verification",
  {
    id: text().primaryKey(),
    identifier: text().notNull(),
    value: text().notNull(),
    expiresAt: date().notNull(),
    createdAt: date().notNull(),
    updatedAt: date().notNull(),
  },
  (table) => [index("verification_identifier").on(table.identifier)],
);
