// Numbers and times as text: one way everywhere.

export { counted } from "../../lib/vocabulary/counted.ts";

export function count(value: number): string {
  return value.toLocaleString("en");
}

/** A share of 1 as "72.4 %". */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** 3450000 → "3.5M", 124439808 → "124M". */
export function magnitude(value: number): string {
  return new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 }).format(value);
}

/** 2147483648 → "2.15 GB" */
export function bytes(value: number): string {
  const [unit, divisor] = value >= 1e9 ? ["GB", 1e9] : value >= 1e6 ? ["MB", 1e6] : ["kB", 1e3];
  return `${Number((value / Number(divisor)).toPrecision(3))} ${unit}`;
}

/** Unix ms → "3 Mar 2025, 14:05" in the reader's own time zone. */
export function moment(time: number): string {
  return new Date(time).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}

/** 4000 s → "1 h 7 min", 75 s → "1 min 15 s". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
}

/** A figure of a curve: four digits that matter. */
export function figure(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);
}
