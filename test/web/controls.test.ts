import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { IconButton } from "../../src/web/button.ts";
import { Controls, type ControlsState } from "../../src/web/controls.ts";
import { byLabel, type FakeDocument, fake, installDocument } from "./dom.ts";

let page: FakeDocument;
beforeEach(() => {
  page = installDocument();
});
afterEach(() => void vi.unstubAllGlobals());

describe("a button", () => {
  it("says what it does, with its key", () => {
    const presses: string[] = [];
    const button = new IconButton({ icon: "muted", label: "Unmute", key: "M" }, () => presses.push("one"));
    const element = fake(button.element);
    element.click();
    expect(presses).toEqual(["one"]);
    expect(element.title).toBe("Unmute (M)");
    expect(Object.fromEntries(element.attributes)).toEqual({
      ...{ type: "button", "aria-label": "Unmute", "aria-keyshortcuts": "M" },
    });
  });

  it("without a key says only what it does, and can be on or off, there or not", () => {
    const button = new IconButton({ icon: "close", label: "Close" }, () => undefined);
    const element = fake(button.element);
    expect(element.title).toBe("Close");
    expect(element.attributes.has("aria-keyshortcuts")).toBe(false);
    button.isPressed = true;
    button.isHidden = true;
    expect(element.attributes.get("aria-pressed")).toBe("true");
    expect(element.hidden).toBe(true);
  });

  it("draws again only what has another drawing", () => {
    const button = new IconButton({ icon: "muted", label: "Unmute" }, () => undefined);
    const drawing = () => fake(button.element).children[0];
    const muted = drawing();
    expect(muted?.children.map((line) => line.attributes.get("d"))).toHaveLength(3);
    expect(muted?.attributes.get("aria-hidden")).toBe("true");
    button.look = { icon: "muted", label: "Sound on" };
    expect(drawing()).toBe(muted);
    button.look = { icon: "sound", label: "Mute" };
    expect(drawing()).not.toBe(muted);
    expect(fake(button.element).children).toHaveLength(1);
  });
});

const seenLabels = (element: Element) =>
  fake(element).all.flatMap((one) => (one.isSeen ? (one.attributes.get("aria-label") ?? []) : []));

function controls() {
  const calls: string[] = [];
  const bar = new Controls({
    togglePause: () => calls.push("pause"),
    toggleSound: () => calls.push("sound"),
    setVolume: (volume) => calls.push(`volume ${volume}`),
    togglePanel: (kind) => calls.push(kind),
    closePanel: () => calls.push("close"),
    toggleClock: () => calls.push("clock"),
    takeSnapshot: () => calls.push("snapshot"),
    togglePictureInPicture: () => calls.push("window"),
    toggleFullScreen: () => calls.push("full screen"),
    openRecordings: () => calls.push("recordings"),
  });
  return { calls, bar, labels: () => seenLabels(bar.element) };
}

describe("the controls", () => {
  const usual: ControlsState = {
    ...{
      isPaused: false,
      sound: { isMuted: false, volume: 0.5 },
      hasAudio: true,
      hasVideo: true,
      panel: null,
    },
    ...{ isClockShown: false, isPictureInPicture: false, isFullScreen: false },
  };
  it("have a button for each command", () => {
    const { calls, bar } = controls();
    bar.show(usual);
    for (const label of [
      "Pause",
      "Mute",
      "Links",
      "Stats",
      "Keyboard shortcuts",
      "Clock",
      "Save snapshot",
      "Picture in picture",
      "Full screen",
    ])
      byLabel(bar.element, label).click();
    byLabel(bar.element, "Volume").valueAsNumber = 0.25;
    byLabel(bar.element, "Volume").tell("input");
    expect(calls).toEqual([
      ..."pause sound links stats keys clock snapshot window".split(" "),
      "full screen",
      "volume 0.25",
    ]);
  });

  const left = ["Player", "Pause", "Mute", "Volume"];
  const right = ["Keyboard shortcuts", "Links", "Stats", "Clock", "Save snapshot", "Picture in picture"];
  const all = [...left, ...right];
  const whole = [...all, "Full screen"];
  const without = (...labels: readonly string[]) => whole.filter((label) => !labels.includes(label));
  it.each([
    ["the usual stream", {}, whole],
    ["no sound", { hasAudio: false }, without("Mute", "Volume")],
    ["sound alone", { hasVideo: false }, without("Save snapshot", "Picture in picture")],
    ["muted", { sound: { isMuted: true, volume: 0.5 } }, whole.with(2, "Unmute")],
    ["paused", { isPaused: true }, whole.with(1, "Resume")],
    ["the full screen", { isFullScreen: true }, [...all, "Exit full screen"]],
  ] as readonly [string, Partial<ControlsState>, readonly string[]][])(
    "offer, with %s, what can be done",
    (_, state, labels) => {
      const { bar, labels: seen } = controls();
      bar.show({ ...usual, ...state });
      expect(seen()).toEqual(labels);
    },
  );

  it("offer neither a window nor the full screen where the browser has none", () => {
    const { bar, labels } = controls();
    page.pictureInPictureEnabled = false;
    page.fullscreenEnabled = false;
    bar.show(usual);
    expect(labels()).toEqual(without("Picture in picture", "Full screen"));
  });

  it("show what is on", () => {
    const { bar } = controls();
    const pressed = () =>
      fake(bar.element).all.flatMap(({ attributes }) =>
        attributes.get("aria-pressed") === "true" ? (attributes.get("aria-label") ?? []) : [],
      );
    bar.show(usual);
    expect(pressed()).toEqual([]);
    bar.show({ ...usual, panel: "stats" });
    expect(pressed()).toEqual(["Stats"]);
    bar.show({ ...usual, isClockShown: true });
    expect(pressed()).toEqual(["Clock"]);
    bar.show({ ...usual, isPictureInPicture: true });
    expect(pressed()).toEqual(["Picture in picture"]);
  });

  it("show how loud it is: not at all while it is muted", () => {
    const { bar } = controls();
    const volume = byLabel(bar.element, "Volume");
    bar.show(usual);
    expect([volume.valueAsNumber, volume.style.properties.get("--level")]).toEqual([0.5, "50%"]);
    bar.show({ ...usual, sound: { isMuted: true, volume: 0.5 } });
    expect([volume.valueAsNumber, volume.style.properties.get("--level")]).toEqual([0, "0%"]);
  });
});
