import { expect, test } from "vitest";
import { silentFrame } from "../../../src/media/aac/silence.ts";
import { bytes, hex } from "../fixture.ts";

test.each([
  // 001 0000, common_window 1, ics_info 00000000000, ms_mask_present 00, twice gain 00000000 and 000, 111
  ["stereo", "1190", "21000000001c"],
  ["stereo without SBR, as ffmpeg writes it", "1190 56e500", "21000000001c"],
  // 000 0000, gain 00000000, ics_info 00000000000, 000, 111
  ["mono", "1188", "00000007"],
])("silence in %s is a frame without a single band", (_, config, frame) => {
  expect(hex(silentFrame(bytes(config)) ?? bytes(""))).toBe(frame);
});

test.each([
  ["of its own", "1200 0504 0500 2000"],
  ["that ffmpeg 5.1 cannot play", "11f0"],
])("a layout %s is not guessed at", (_, config) => {
  expect(silentFrame(bytes(config))).toBeNull();
});
