import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MsePlayer } from "../../src/web/mse-player.ts";
import { readSample } from "../../src/web/sample.ts";
import { FakeMpegtsPlayer, FakeVideo, installMediaElement } from "./mpegts.ts";
import { audioConfig, delta, eventsOf, key, sound, videoConfig } from "./stream.ts";

vi.mock("mpegts.js", async () => ({ default: (await import("./mpegts.ts")).mpegts }));

beforeEach(() => {
  vi.useFakeTimers();
  installMediaElement();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  FakeMpegtsPlayer.made.splice(0);
});

const LOOK_MS = 40;

function play() {
  const video = new FakeVideo();
  const told: string[] = [];
  // Of a surface, this player uses this much.
  const surface = { video, canvas: {} } as unknown as ConstructorParameters<typeof MsePlayer>[0];
  const player = new MsePlayer(surface, {
    onVideoSize: () => void told.push("size"),
    onSoundRefused: () => void told.push("sound refused"),
    onPlayRefused: () => void told.push("play refused"),
    onFailure: (failure) => void told.push(failure),
  });
  const push = async (...tags: readonly Uint8Array[]) => {
    for (const event of eventsOf(tags)) player.push(event, event.kind === "tag" ? readSample(event) : null);
    await Promise.resolve(); // mpegts.js gets what came in one moment together
  };
  const made = FakeMpegtsPlayer.made;
  return { video, told, player, push, made };
}

const notAllowed = () => new DOMException("touch the page first", "NotAllowedError");
const bytes = (...parts: readonly Uint8Array[]) => Buffer.concat(parts);

describe("the Media Source player", () => {
  it("gives mpegts.js the stream in one piece, and says which tracks there are", async () => {
    const { push, made, video } = play();
    await push(videoConfig, audioConfig, key(0));
    expect(made).toMatchObject([{ media: { hasAudio: true, hasVideo: true, isLive: true }, video }]);
    const [arrived] = made[0]?.loader.arrived ?? [];
    expect(Buffer.from(arrived?.bytes ?? []).subarray(13)).toEqual(bytes(videoConfig, audioConfig, key(0)));
    expect(video.plays).toBeGreaterThan(0);
  });

  it("leaves out sound from before the first picture, and goes on with what follows", async () => {
    const { push, made } = play();
    await push(videoConfig, key(1000), sound(980), sound(1000), delta(1033));
    const [arrived] = made[0]?.loader.arrived ?? [];
    const expected = bytes(videoConfig, key(1000), sound(1000), delta(1033));
    expect(Buffer.from(arrived?.bytes ?? []).subarray(13)).toEqual(expected);
  });

  it("begins anew with each connection", async () => {
    const { push, made, player, video } = play();
    await push(videoConfig, key(1000));
    await push(videoConfig, key(0));
    expect(made).toMatchObject([{ isDestroyed: true }, { isDestroyed: false }]);
    video.currentTime = 2;
    expect(player.stats().shownMs).toBe(2000);
  });

  it("knows the moment that is shown, what was dropped and what lies ahead", async () => {
    const { push, player, video } = play();
    expect(player.stats()).toMatchObject({ player: "mse", shownMs: null, bufferMs: 0 });
    await push(videoConfig, key(1000));
    Object.assign(video, { currentTime: 0.5, endS: 0.75, totalVideoFrames: 20, droppedVideoFrames: 3 });
    expect(player.stats()).toEqual({
      ...{ player: "mse", shownMs: 1500, shownFrames: 17, droppedFrames: 3, bufferMs: 250 },
    });
    Object.assign(video, { paused: true, endS: 0.25 });
    expect(player.stats()).toMatchObject({ shownMs: null, bufferMs: 0 });
  });

  it.each([
    [1, false],
    [2, true],
    [4, true],
  ])("with a video of readyState %d has a picture: %s", (readyState, hasPicture) => {
    const { player, video } = play();
    video.readyState = readyState;
    expect(player.currentFrame() === null).toBe(!hasPicture);
  });

  it("tells of a first picture and of another size, until it is closed", () => {
    const { video, told, player } = play();
    video.tell("loadeddata");
    video.tell("resize");
    player.close();
    video.tell("resize");
    expect(told).toEqual(["size", "size"]);
  });

  it("begins again after a failure, and gives up at the fourth in a minute", async () => {
    const { push, made, told } = play();
    for (let round = 0; round < 4; round++) {
      await push(videoConfig, key(0));
      made.at(-1)?.fail();
    }
    expect(told).toEqual(["stalled", "stalled", "stalled", "decoder"]);
    expect(made.every(({ isDestroyed }) => isDestroyed)).toBe(true);
  });
});

/** Half a second behind, with new pictures at each look. */
function playBehind(video: FakeVideo) {
  for (let look = 0; look < 20; look++) {
    video.currentTime += LOOK_MS / 1000;
    video.endS = video.currentTime + 0.5;
    vi.advanceTimersByTime(LOOK_MS);
  }
}

describe("the Media Source player and the live edge", () => {
  it("goes to the end of what has come when it starts to play", () => {
    const { video } = play();
    video.endS = 5;
    video.tell("playing");
    expect(video.currentTime).toBeCloseTo(5 - 0.135 - 0.05);
  });

  it("jumps while it plays only where it is far behind", () => {
    const { video } = play();
    video.endS = 0.5;
    vi.advanceTimersByTime(LOOK_MS);
    expect(video.currentTime).toBe(0);
    video.endS = 2;
    vi.advanceTimersByTime(LOOK_MS);
    expect(video.currentTime).toBeCloseTo(2 - 0.135 - 0.05);
  });

  it("plays faster where it is behind", () => {
    const { video } = play();
    playBehind(video);
    expect(video.playbackRate).toBe(1.1);
  });

  it.each([
    ["stands", { paused: true }],
    ["goes elsewhere", { seeking: true }],
    ["has nothing that comes next", { readyState: 2 }],
  ])("plays at its own rate where it %s", (_, facts) => {
    const { video } = play();
    playBehind(video);
    Object.assign(video, facts);
    vi.advanceTimersByTime(LOOK_MS);
    expect(video.playbackRate).toBe(1);
  });

  it("plays at its own rate while the page is hidden, and goes to the end when it is shown", () => {
    const { video, player } = play();
    playBehind(video);
    player.setVisible(false);
    vi.advanceTimersByTime(LOOK_MS);
    expect([video.playbackRate, video.plays]).toEqual([1, 0]);
    player.setVisible(true);
    expect(video.endS - video.currentTime).toBeCloseTo(0.135 + 0.05);
    expect(video.plays).toBe(1);
  });

  it.each([
    ["ran dry", {}, 0.135 * 1.3],
    ["waits at its start", { currentTime: 0 }, 0.135],
    ["goes elsewhere", { seeking: true }, 0.135],
  ])("keeps more in hand only after it ran dry: %s", (_, facts, marginS) => {
    const { video } = play();
    Object.assign(video, { currentTime: 1, endS: 1 }, facts);
    video.tell("waiting");
    video.endS = 5;
    video.tell("playing");
    expect(5 - video.currentTime).toBeCloseTo(marginS + 0.05);
  });

  it("looks no more when it is closed", () => {
    const { video, player } = play();
    player.close();
    video.endS = 5;
    vi.advanceTimersByTime(LOOK_MS);
    video.tell("playing");
    expect(video.currentTime).toBe(0);
  });
});

describe("the Media Source player in a browser that nobody has touched", () => {
  const soundAlone = (video: FakeVideo) => (video.muted ? null : notAllowed());

  it.each([
    ["allows all", null, [], false],
    ["allows no sound", soundAlone, ["sound refused"], true],
    ["allows nothing", notAllowed, ["sound refused", "play refused"], true],
    ["was interrupted", () => new DOMException("", "AbortError"), [], false],
    ["fails for another reason", () => new Error("NotAllowedError"), [], false],
  ])("plays with sound where it %s", async (_, refuses, expected, isMuted) => {
    const { video, told, player, push } = play();
    await push(videoConfig, key(0));
    video.refuses = refuses;
    player.setSound({ isMuted: false, volume: 0.5 });
    await vi.advanceTimersByTimeAsync(0);
    expect(told).toEqual(expected);
    expect(video).toMatchObject({ muted: isMuted, volume: 0.5 });
  });

  it("does not play before there is a stream", () => {
    const { video, player } = play();
    player.setSound({ isMuted: true, volume: 1 });
    expect(video.plays).toBe(0);
  });
});
