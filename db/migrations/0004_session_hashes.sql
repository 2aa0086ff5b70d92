-- sha256() is given to SQLite by db/migrate.ts: sessions that are open stay so, and no copy of this file opens them.
UPDATE `session` SET `token` = sha256(`token`);
