import { expect, test } from "vitest";
import { problemOf } from "./validity.ts";

const fine = {
  valueMissing: false,
  badInput: false,
  rangeUnderflow: false,
  rangeOverflow: false,
  stepMismatch: false,
  tooShort: false,
  tooLong: false,
};
const control = { min: "0", max: "2", step: "0.01", minLength: 3, maxLength: 60, validationMessage: "The browser's." };
const said = (wrong: Partial<typeof fine>, rest = {}) =>
  problemOf("Temperature", { ...control, ...rest, validity: { ...fine, ...wrong } });

test("what is wrong with a control is one sentence with its name", () => {
  expect(said({ valueMissing: true })).toBe("Temperature is missing.");
  expect(said({ badInput: true, valueMissing: true })).toBe("Temperature is a number.");
  expect(said({ rangeUnderflow: true })).toBe("Temperature is at least 0.");
  expect(said({ rangeOverflow: true })).toBe("Temperature is at most 2.");
  expect(said({ stepMismatch: true })).toBe("Temperature goes in steps of 0.01.");
  expect(said({ stepMismatch: true }, { step: "1" })).toBe("Temperature is a whole number.");
  expect(said({ tooShort: true })).toBe("Temperature has at least 3 characters.");
  expect(said({ tooLong: true })).toBe("Temperature has at most 60 characters.");
  expect(said({})).toBe("The browser's.");
});

test("the limits are read of a control that inherits them, as an element of a page does", () => {
  const element = Object.create({ ...control, validity: { ...fine, rangeOverflow: true } });
  expect(problemOf("Temperature", element)).toBe("Temperature is at most 2.");
});
