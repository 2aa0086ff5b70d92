import { expect, it } from "vitest";
import { renewalMs } from "./use-lease.ts";

it("renews a lease three times before it runs out, whatever this device's clock says", () => {
  expect(renewalMs(90_000)).toBe(30_000);
  expect(renewalMs(10 * 60_000)).toBe(60_000);
  const anHour = 3_600_000;
  expect(renewalMs(10 * 60_000 + anHour)).toBe(60_000);
  expect(renewalMs(10 * 60_000 - anHour)).toBe(20_000);
});
