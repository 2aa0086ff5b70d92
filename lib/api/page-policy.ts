// The Content-Security-Policy of the pages, and how a page learns its nonce.

/** The header with the nonce of a page's scripts, set by lib/api/web-server.ts for the pages' server side. */
export const nonceHeader = "x-rankloop-nonce";

/** The header with the path of a page, set by the door as well: a page's server side is told of its own part alone. */
export const pathHeader = "x-rankloop-path";

/**
 * What a page may load and run: its own files, and the scripts that carry this answer's nonce.
 * @param dev React's and Next's own tools write styles and evaluate code
 */
export function pagePolicy(nonce: string, dev: boolean): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ""}`,
    `style-src-elem 'self' ${dev ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    // React writes the width of a bar into the page; an attribute can style its own element and no other.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
