import { expect, it } from "vitest";
import { selectRange } from "../../../src/server/http/byte-range.ts";
import { rangeForms } from "./range-forms.ts";

it("a Range selects what RFC 9110 says, in some thousand forms", () => {
  const wrong = rangeForms
    .map((form) => ({ ...form, selected: selectRange(form.header, form.sizeBytes) }))
    .filter(({ selected, expected }) => JSON.stringify(selected) !== JSON.stringify(expected));
  expect(wrong).toEqual([]);
  expect(rangeForms.length).toBeGreaterThan(1000);
});

it("every outcome is among the forms, many times", () => {
  for (const kind of ["whole", "part", "unsatisfiable"])
    expect(rangeForms.filter(({ expected }) => expected.kind === kind).length).toBeGreaterThan(100);
});

it("without a Range, everything is sent", () => {
  expect(selectRange(undefined, 10)).toEqual({ kind: "whole" });
});

it("a header as long as headers may be is read at once", () => {
  const startMs = performance.now();
  for (const part of ["0-1,", ",", " ", "\t,", "0", "-", "0-", "bytes="])
    selectRange(`bytes=${part.repeat(16_384 / part.length)}`, 10);
  selectRange(`bytes=0-${"9".repeat(16_384)}`, 10);
  expect(performance.now() - startMs).toBeLessThan(5000); // milliseconds; what backtracks takes hours
});
