import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { brightnessOfPictures } from "./brightness.ts";
import { type Seen, watchCast } from "./cast.ts";
import { feed, plugInVirtual } from "./drivers.ts";
import { greysShown } from "./films.ts";
import { Guest } from "./guest.ts";
import { listing } from "./listing.ts";

let guest: Guest;

beforeAll(async () => {
  guest = await Guest.boot();
  await plugInVirtual(guest, ["AcmeWebcam", "ThreeGreys", "OwnEncoder"]);
  await feed(guest, "/dev/video20", ["-i", "films/webcam.avi"]);
  await feed(guest, "/dev/video21", ["-i", "films/greys.avi"]);
  await feed(guest, "/dev/video22", ["-i", "films/greys.ts"]);
});
afterAll(() => guest.stop());

test("cameras are listed with what they send, and the native formats marked", async () => {
  const { cameras } = await listing(guest);
  const sent = cameras.map(({ name, modes }) => [name, ...new Set(modes.map(({ coding }) => coding))]);
  expect(sent).toEqual([
    ["AcmeWebcam", "mjpeg"],
    ["ThreeGreys", "mjpeg"],
    ["OwnEncoder", "h264"],
  ]);
});

describe("an MJPEG camera", () => {
  test("with real footage, found by a part of its name, shows it as it is", async () => {
    const seen = await watchCast(guest, ["--device", "webcam", "--size", "640x480"]);
    expect(seen.streams).toMatchObject([{ codec_name: "h264", width: 640, height: 480 }]);
    expect(seen.complaints).toBe("");
    const filmed = await brightnessOfPictures(guest.film("webcam.avi"));
    const shown = seen.brightness;
    expect(Math.min(...shown)).toBeGreaterThan(Math.min(...filmed) - 4);
    expect(Math.max(...shown)).toBeLessThan(Math.max(...filmed) + 4);
  });

  test("comes out neither washed out nor too hard: its full range is put into a video's", async () => {
    const { greys, complaints } = await watchCast(guest, ["--device", "ThreeGreys"]);
    expect(complaints).toBe("");
    greysShown.forEach((grey, index) => expect(Math.abs((greys[index] ?? 0) - grey)).toBeLessThan(5));
  });
});

describe("a camera with an H.264 encoder of its own", () => {
  let seen: Seen;
  beforeAll(async () => {
    seen = await watchCast(guest, ["--device", "OwnEncoder", "--size", "640x360"]);
  });

  test("is passed through, not encoded again", () => {
    expect(seen.onAir["encoder"]).toBeNull();
    expect(seen.streams).toMatchObject([{ codec_name: "h264", profile: "Main", width: 640, height: 360 }]);
    expect(seen.complaints).toBe("");
  });

  test("looks as what it sends", () => {
    greysShown.forEach((grey, index) => expect(Math.abs((seen.greys[index] ?? 0) - grey)).toBeLessThan(5));
  });
});
