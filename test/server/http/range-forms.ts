import type { Selection } from "../../../src/server/http/byte-range.ts";

/** A Range header, and what RFC 9110 has it select; made of parts whose meaning is known, so that nothing is parsed here. */
export interface RangeForm {
  readonly header: string;
  readonly sizeBytes: number;
  readonly expected: Selection;
}

interface Numeral {
  readonly text: string;
  readonly value: bigint;
}

const whole: Selection = { kind: "whole" };
const unsatisfiable: Selection = { kind: "unsatisfiable" };

/** 14.1.2: "there is no predefined limit to the length of content", so neither is there one to numbers. */
const numerals: readonly Numeral[] = [
  { text: "0", value: 0n },
  { text: "000", value: 0n },
  { text: "1", value: 1n },
  { text: "0000000000000000000000004", value: 4n },
  { text: "9", value: 9n },
  { text: "10", value: 10n },
  { text: "11", value: 11n },
  { text: "9007199254740991", value: 2n ** 53n - 1n },
  { text: "9007199254740992", value: 2n ** 53n },
  { text: "9007199254740993", value: 2n ** 53n + 1n },
  { text: "18446744073709551616", value: 2n ** 64n },
  { text: "1".repeat(400), value: BigInt("1".repeat(400)) },
];

export const sizes: readonly number[] = [0, 1, 10, 2 ** 40, Number.MAX_SAFE_INTEGER];

/** 14.1.1: int-range = first-pos "-" [ last-pos ] */
function expectedOfInt(first: Numeral, last: Numeral | null, sizeBytes: number): Selection {
  const size = BigInt(sizeBytes);
  if (last !== null && last.value < first.value) return whole; // "invalid if the last-pos value is […] less than first-pos"
  if (first.value >= size) return unsatisfiable;
  const end = last === null || last.value >= size ? size - 1n : last.value;
  return { kind: "part", first: Number(first.value), last: Number(end) };
}

/** 14.1.1: suffix-range = "-" suffix-length */
function expectedOfSuffix(length: Numeral, sizeBytes: number): Selection {
  const size = BigInt(sizeBytes);
  if (length.value === 0n) return unsatisfiable;
  if (sizeBytes === 0) return whole; // satisfiable, and all that there is
  return {
    kind: "part",
    first: Number(length.value >= size ? 0n : size - length.value),
    last: sizeBytes - 1,
  };
}

const intRanges: readonly RangeForm[] = sizes.flatMap((sizeBytes) =>
  numerals.flatMap((first) =>
    [...numerals, null].map((last) => ({
      header: `bytes=${first.text}-${last?.text ?? ""}`,
      sizeBytes,
      expected: expectedOfInt(first, last, sizeBytes),
    })),
  ),
);

const suffixRanges: readonly RangeForm[] = sizes.flatMap((sizeBytes) =>
  numerals.map((length) => ({
    header: `bytes=-${length.text}`,
    sizeBytes,
    expected: expectedOfSuffix(length, sizeBytes),
  })),
);

/** 14.1: "range units […] are case-insensitive"; 5.6.1.2: empty members of a list are ignored; 5.5: so is space around a field. */
const spellings: readonly ((spec: string) => string)[] = [
  (spec) => `bytes=${spec}`,
  (spec) => `Bytes=${spec}`,
  (spec) => `BYTES=${spec}`,
  (spec) => `bytes=,${spec}`,
  (spec) => `bytes=,, ,\t,${spec}`,
  (spec) => `bytes= , ${spec}`,
  (spec) => `bytes=${spec},`,
  (spec) => `bytes=${spec} ,\t`,
  (spec) => `bytes=,${spec},`,
  (spec) => ` \tbytes=${spec}\t `,
];

const plainSpecs: readonly (readonly [spec: string, expected: Selection])[] = [
  ["0-0", { kind: "part", first: 0, last: 0 }],
  ["2-4", { kind: "part", first: 2, last: 4 }],
  ["0-9", { kind: "part", first: 0, last: 9 }],
  ["7-", { kind: "part", first: 7, last: 9 }],
  ["7-99", { kind: "part", first: 7, last: 9 }],
  ["-3", { kind: "part", first: 7, last: 9 }],
  ["-99", { kind: "part", first: 0, last: 9 }],
  ["10-", unsatisfiable],
  ["10-12", unsatisfiable],
  ["-0", unsatisfiable],
  ["4-2", whole],
];

const spelled: readonly RangeForm[] = plainSpecs.flatMap(([spec, expected]) =>
  spellings.map((spell) => ({ header: spell(spec), sizeBytes: 10, expected })),
);

/** 14.2: what has a unit that is not understood is ignored. */
const otherUnits: readonly RangeForm[] = [
  "seconds",
  "byte",
  "bytess",
  "x-bytes",
  "items",
  "none",
  "*",
].flatMap((unit) =>
  plainSpecs.map(([spec]) => ({ header: `${unit}=${spec}`, sizeBytes: 10, expected: whole })),
);

/** 14.1.1: no range-spec of bytes, or no ranges-specifier at all. */
const malformedSpecs: readonly string[] = [
  ...[
    "",
    "-",
    "--",
    "-1-",
    "--1",
    "1--2",
    "0-1-2",
    "1",
    "a-b",
    "0x1-0x2",
    "1e1-",
    "1.0-2",
    "+1-2",
    "-+1",
    "0-+4",
  ],
  ...[
    " 0-4",
    "\t0-4",
    "0 -4",
    "0- 4",
    "0\t-\t4",
    "- 4",
    "1 2-4",
    "0-4 5",
    "0-4;",
    "0-4/10",
    "0-4/*",
    "*",
    "*/10",
  ],
  ...[
    "0-4=",
    "=0-4",
    "bytes=0-4",
    "0–4",
    "٠-٤",
    "０-４",
    "\u{a0}0-4",
    "0-4\u{a0}",
    "'0-4'",
    '"0-4"',
    "%30-4",
    "0%2d4",
  ],
  ...["first-last", "0-Infinity", "NaN-", "0-null", ",", ", ,", "\t,"],
];

const malformed: readonly RangeForm[] = [
  ...malformedSpecs.map((spec) => `bytes=${spec}`),
  ...[
    "",
    "bytes",
    "bytes ",
    "bytes:0-4",
    "bytes 0-4",
    "bytes =0-4",
    " =0-4",
    "=0-4",
    "0-4",
    "bytes==0-4",
    "bytes\t=0-4",
  ],
  ...["b ytes=0-4", "bytes;0-4", "bytes=0-4\u{b}", "bytes\u{a0}=0-4", "\u{a0}bytes=0-4"],
].map((header) => ({ header, sizeBytes: 10, expected: whole }));

/** 14.2: several ranges may be ignored, and are: also those of which one is satisfiable, or none is. */
const severalRanges: readonly RangeForm[] = plainSpecs.flatMap(([one]) =>
  [...plainSpecs.map(([other]) => other), "x"].flatMap((other) => [
    { header: `bytes=${one},${other}`, sizeBytes: 10, expected: whole },
    { header: `bytes=${one} ,, \t${other}`, sizeBytes: 10, expected: whole },
  ]),
);

/** By what is odd about them. */
export const rangeFormsByKind = {
  intRanges,
  suffixRanges,
  spelled,
  otherUnits,
  malformed,
  severalRanges,
} as const;

export const rangeForms: readonly RangeForm[] = Object.values(rangeFormsByKind).flat();
