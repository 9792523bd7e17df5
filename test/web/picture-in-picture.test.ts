import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { PictureInPicture } from "../../src/web/picture-in-picture.ts";
import { FakeVideo, installMediaElement } from "./mpegts.ts";

beforeEach(installMediaElement);
afterEach(() => void vi.unstubAllGlobals());

/** A page whose browser opens the window, or does not. */
function page(isAllowed = true) {
  const told: string[] = [];
  const screen = {
    pictureInPictureEnabled: true,
    pictureInPictureElement: null as unknown,
    exitPictureInPicture: async () => leave(),
  };
  const video = Object.assign(new FakeVideo(), {
    async requestPictureInPicture() {
      told.push("request");
      if (!isAllowed) throw new DOMException("pressed too long ago", "NotAllowedError");
      screen.pictureInPictureElement = video;
    },
  });
  const leave = () => {
    screen.pictureInPictureElement = null;
    video.tell("leavepictureinpicture");
  };
  vi.stubGlobal("document", screen);
  const viewer = { preferVideo: (isPreferred: boolean) => void told.push(`video ${isPreferred}`) };
  // Of the video and the viewer, the window uses this much.
  const [element, player] = [video, viewer] as unknown as [
    HTMLVideoElement,
    ConstructorParameters<typeof PictureInPicture>[1],
  ];
  return {
    told,
    video,
    screen,
    window: new PictureInPicture(element, player, () => void told.push("change")),
  };
}

it("opens with the player that has a video, and closes again", async () => {
  const { told, window } = page();
  expect(window.isOn).toBe(false);
  await window.toggle();
  expect(window.isOn).toBe(true);
  expect(told).toEqual(["video true", "request", "change"]);
  await window.toggle();
  expect(window.isOn).toBe(false);
  expect(told.slice(3)).toEqual(["video false", "change"]);
});

it("waits until the video knows its size", async () => {
  const { told, video, window } = page();
  video.readyState = 0;
  const toggled = window.toggle();
  await Promise.resolve();
  expect(told).toEqual(["video true"]);
  video.tell("loadedmetadata");
  await toggled;
  expect(told).toEqual(["video true", "request", "change"]);
});

it("goes back to the other player where the browser allows no window", async () => {
  const { told, window } = page(false);
  await window.toggle();
  expect(told).toEqual(["video true", "request", "video false", "change"]);
});

it("is asked for once, however often the key is pressed until it opens", async () => {
  const { told, video, window } = page();
  video.readyState = 0;
  const toggled = [window.toggle(), window.toggle()];
  video.tell("loadedmetadata");
  await Promise.all(toggled);
  expect(told).toEqual(["video true", "request", "change"]);
});

it("changes nothing where the browser has no such window", async () => {
  const { told, screen, window } = page();
  screen.pictureInPictureEnabled = false;
  await window.toggle();
  expect(told).toEqual([]);
});
