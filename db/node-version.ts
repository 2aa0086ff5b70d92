// The check of Node's version, made before the SQLite driver is loaded: on an older Node its binary ends the process silently.

const needed = 22;

/** @throws Error in one sentence when this Node cannot load better-sqlite3 13. */
export function checkNodeVersion(version: string = process.versions.node): void {
  if (Number.parseInt(version, 10) >= needed) return;
  throw new Error(
    `Rankloop needs Node ${needed} or newer, and this is Node ${version}: start it with "npm start" or "npm run", which bring their own.`,
  );
}
