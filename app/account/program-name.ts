// What a browser or program calls itself, in the words people use for it.

// In this order: Edge and Opera also say Chrome, and Chrome also says Safari.
const browsers = [
  [/\bEdg/, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(Chrome|CriOS|HeadlessChrome)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
] as const;
// Android also says Linux, and an iPhone also says Mac OS X.
const systems = [
  [/\bAndroid\b/, "Android"],
  [/\b(iPhone|iPad)\b/, "iOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\b(Linux|X11)\b/, "Linux"],
] as const;

/** programName("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) … Firefox/140.0") → "Firefox on Linux"; "curl/8.5.0" as it is. */
export function programName(program: string): string {
  const nameIn = (names: readonly (readonly [RegExp, string])[]) => names.find(([sign]) => sign.test(program))?.[1];
  const browser = nameIn(browsers);
  const system = nameIn(systems);
  if (browser) return system ? `${browser} on ${system}` : browser;
  return program.trim().split(/\s/, 1)[0]?.slice(0, 40) || "A program";
}
