import { expect, test } from "vitest";
import { readStill } from "../../src/control/ask.ts";

test("a picture that came from another process is read", () => {
  expect(readStill({ kind: "jpeg", base64: "/9j/2Q==", takenMs: 7 })).toEqual({
    ...{ kind: "jpeg", bytes: Buffer.from("ffd8ffd9", "hex"), takenMs: 7 },
  });
  expect(readStill({ kind: "too-old", takenMs: 7 })).toEqual({ kind: "too-old", takenMs: 7 });
  for (const kind of ["none", "not-yet"]) expect(readStill({ kind })).toEqual({ kind });
});

test.each([
  null,
  "jpeg",
  {},
  { kind: "png" },
  { kind: "too-old" },
  { kind: "jpeg", base64: "" },
  { kind: "png", base64: "", takenMs: 7 },
  { kind: "too-old", takenMs: "7" },
  { kind: "jpeg", base64: 7, takenMs: 7 },
])("%j is no picture", (value) => {
  expect(readStill(value)).toBeNull();
});
