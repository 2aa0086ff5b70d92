// Which window this is, among those of one person: a random id that lives as long as the page.

let id: string | undefined;

export function thisWindow(): string {
  // randomUUID is there only under TLS or on this machine itself.
  id ??= [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return id;
}
