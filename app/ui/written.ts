// Text as it was written, made safe to look at: control characters become visible pictures, nothing else changes.

// Without tab and line feed: invisible where they stand, and some terminals and fonts obey them.
const controls = /[^\P{Cc}\t\n]/gu;

function picture(control: string): string {
  const code = control.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : "\ufffd";
}

/** `shown("a\u0007b\r\nc")` → "a␇b\nc"; half a surrogate pair becomes U+FFFD. */
export function shown(text: string): string {
  return text.toWellFormed().replaceAll("\r\n", "\n").replace(controls, picture);
}

/** Length as people count it beside a text: "1,204 characters"; with its tokens, where they are known and told. */
export function lengthOf(text: string, tokens?: number | null): string {
  const characters = text.length.toLocaleString("en");
  const unit = text.length === 1 ? "character" : "characters";
  return tokens === undefined || tokens === null
    ? `${characters} ${unit}`
    : `${tokens.toLocaleString("en")} tokens · ${characters} chars`;
}
