import { describe, expect, it, test } from "vitest";
import { type GivenSettings, settingsFromCode } from "../../src/settings/from-code.ts";

describe("settings from code", () => {
  it("have the command line's defaults where they are left out, or undefined", () => {
    const given = { device: "test", fps: undefined, host: undefined, name: undefined } as const;
    expect(settingsFromCode(given)).toEqual(settingsFromCode({ device: "test" }));
  });

  test.each<[given: object, message: string]>([
    [{ gopSecond: 2 }, "gopSecond is no setting: did you mean gopSeconds?"],
    [{ somethingElse: 1 }, "somethingElse is no setting"],
    [{ quiet: true }, "quiet is for the command line alone: leave it out"],
    [{ name: "a/b" }, 'name "a/b" cannot be a stream\'s name'],
    [{ name: "" }, 'name "" cannot be a stream\'s name'],
  ])("%j is refused", (more, message) => {
    const given: GivenSettings = { device: "test", ...more };
    expect(() => settingsFromCode(given)).toThrow(
      expect.objectContaining({ reason: "usage", message: expect.stringContaining(message) }),
    );
  });
});
