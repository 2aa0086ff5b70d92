// Ids that a page draws itself, of the form of the database's own: 96 random bits in hex.

/** e.g. "5f0c3d9a1b7e42860f93ac1d" */
export function randomId(): string {
  // randomUUID is there only under TLS or on this machine itself.
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

let thisOne: string | undefined;

/** Which window this is, among those of one person: an id that lives as long as the page. */
export function thisWindow(): string {
  thisOne ??= randomId();
  return thisOne;
}
