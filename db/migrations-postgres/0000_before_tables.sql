-- SQLite's name for it, which the conditions of columns use.
CREATE FUNCTION json_valid(text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT AS 'SELECT $1 IS JSON';
