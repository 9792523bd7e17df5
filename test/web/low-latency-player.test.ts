import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LowLatencyPlayer } from "../../src/web/low-latency-player.ts";
import { readSample } from "../../src/web/sample.ts";
import { audioConfig, delta, eventsOf, key, sound, videoConfig } from "./stream.ts";
import { installWebAudio } from "./web-audio.ts";
import { FakeFrame, installWebCodecs } from "./webcodecs.ts";

let nowMs = 0;
beforeEach(() => {
  nowMs = 0;
  vi.spyOn(performance, "now").mockImplementation(() => nowMs);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** A player, and a screen that is drawn when the test says so. */
function play() {
  const speaker = installWebAudio();
  const codecs = installWebCodecs();
  const told: string[] = [];
  const drawn: number[] = [];
  let animation: ((nowMs: number) => void) | null = null;
  let drawnAtMs = 0;
  vi.stubGlobal("requestAnimationFrame", (callback: (nowMs: number) => void) => {
    animation = callback;
    return 7;
  });
  vi.stubGlobal("cancelAnimationFrame", (id: number) => {
    if (id === 7) animation = null;
  });
  const canvas = {
    ...{ width: 300, height: 150 },
    getContext: () => ({ drawImage: ({ timestamp }: FakeFrame) => drawn.push(timestamp / 1000) }),
  };
  // Of a surface, this player uses this much.
  const surface = { canvas, video: {} } as unknown as ConstructorParameters<typeof LowLatencyPlayer>[0];
  const events = {
    onVideoSize: () => void told.push("size"),
    onSoundRefused: () => void told.push("sound refused"),
    onPlayRefused: () => void told.push("play refused"),
    onFailure: (failure: string) => void told.push(failure),
  };
  const player = new LowLatencyPlayer(surface, events, new URL("http://cam/player/audio-worklet.js"));
  const push = (...tags: readonly Uint8Array[]) => {
    for (const event of eventsOf(tags).slice(1)) {
      player.push(event, event.kind === "tag" ? readSample(event) : null);
    }
  };
  /** Comes out of the newest decoder. */
  const decode = (timeMs: number) => {
    const frame = new FakeFrame(timeMs);
    codecs.video.at(-1)?.give(frame);
    return frame;
  };
  /** The screen's next refresh. */
  const draw = (periodMs = 0) => {
    drawnAtMs += periodMs;
    animation?.(drawnAtMs);
  };
  return { speaker, codecs, told, drawn, canvas, player, push, decode, draw };
}

const loud = { isMuted: false, volume: 1 };

describe("the low-latency player, without sound", () => {
  it("shows the newest decoded picture at each animation frame, and closes it", () => {
    const { push, decode, draw, drawn, player } = play();
    push(videoConfig, key(0), delta(33), delta(66));
    const frames = [decode(0), decode(33)];
    draw();
    draw();
    expect(drawn).toEqual([33]);
    expect(frames.every(({ isClosed }) => isClosed)).toBe(true);
    decode(66);
    draw();
    expect(drawn).toEqual([33, 66]);
    expect(player.stats()).toMatchObject({ shownMs: 66, shownFrames: 2 });
  });

  it("tells of the first picture, and of each that has another size", () => {
    const { push, decode, draw, told, canvas } = play();
    Object.assign(canvas, { width: 640, height: 360 });
    push(videoConfig, key(0));
    decode(0);
    draw();
    expect(told).toEqual(["size"]);
    decode(33);
    draw();
    expect(told).toEqual(["size"]);
    decode(66).displayWidth = 320;
    draw();
    Object.assign(decode(100), { displayWidth: 320, displayHeight: 180 });
    draw();
    expect(told).toEqual(["size", "size", "size"]);
    expect(canvas).toMatchObject({ width: 320, height: 180 });
  });

  it("knows what lies between the network and the screen", () => {
    const { push, decode, draw, player } = play();
    expect(player.stats()).toEqual({
      ...{ player: "low-latency", shownMs: null, shownFrames: 0, droppedFrames: 0, bufferMs: 0 },
    });
    expect(player.currentFrame()).toBeNull();
    push(delta(0), videoConfig, key(100), delta(133));
    decode(100);
    draw();
    expect(player.stats()).toMatchObject({ shownMs: 100, droppedFrames: 1, bufferMs: 33 });
    expect(player.currentFrame()).not.toBeNull();
  });

  it("shows nothing of the connection before when another one begins", () => {
    const { push, decode, draw, drawn, player } = play();
    push(videoConfig, key(0));
    const old = decode(0);
    for (const event of eventsOf([])) player.push(event, null);
    draw();
    expect(drawn).toEqual([]);
    expect(old.isClosed).toBe(true);
  });

  it("keeps decoded pictures through the tags of one connection", () => {
    const { push, decode, draw, drawn } = play();
    push(videoConfig, key(0));
    decode(0);
    push(delta(33));
    draw();
    expect(drawn).toEqual([0]);
  });

  it("closes what it has when it is closed", () => {
    const { push, decode, draw, drawn, codecs, player } = play();
    push(videoConfig, key(0));
    const frame = decode(0);
    player.close();
    draw();
    expect(drawn).toEqual([]);
    expect(frame.isClosed).toBe(true);
    expect(codecs.video).toMatchObject([{ state: "closed" }]);
  });
});

async function playLoud() {
  const all = play();
  all.player.setSound(loud);
  all.push(videoConfig, audioConfig, key(0), sound(0));
  await vi.waitFor(() => expect(all.speaker.worklets[0]?.isConnected).toBe(true), 20_000);
  return all;
}

describe("the low-latency player, with sound", () => {
  it("shows the picture that belongs to what is heard", async () => {
    const { decode, draw, drawn, speaker } = await playLoud();
    for (const timeMs of [0, 33, 66]) decode(timeMs);
    speaker.worklets[0]?.report(40, 0, 60);
    draw();
    draw();
    expect(drawn).toEqual([33]);
    speaker.worklets[0]?.report(70, 0, 60);
    draw();
    expect(drawn).toEqual([33, 66]);
  });

  it.each([
    [8, 66 - 8],
    [50, 66 - 16],
  ])(
    "counts on the screen's next refresh, %i ms later, a sixtieth of a second at most",
    async (periodMs, dueMs) => {
      const { decode, draw, drawn, speaker } = await playLoud();
      for (const timeMs of [33, 66]) decode(timeMs);
      speaker.worklets[0]?.report(dueMs - 1, 0, 60);
      draw(periodMs);
      expect(drawn).toEqual([33]);
      speaker.worklets[0]?.report(dueMs, 0, 60);
      draw(periodMs);
      expect(drawn).toEqual([33, 66]);
    },
  );

  it("shows the newest picture as long as nothing is heard, and once it is muted", async () => {
    const { decode, draw, drawn, speaker, player } = await playLoud();
    decode(33);
    draw();
    speaker.worklets[0]?.report(40, 0, 60);
    player.setSound({ isMuted: true, volume: 1 });
    decode(66);
    draw();
    expect(drawn).toEqual([33, 66]);
  });

  it("goes by what is heard where there is no picture", async () => {
    const { speaker, player } = await playLoud();
    speaker.worklets[0]?.report(40, 0, 60);
    expect(player.stats()).toMatchObject({ shownMs: 40, bufferMs: 60 });
    player.close();
    expect(speaker.contexts).toMatchObject([{ state: "closed" }]);
  });
});

describe("the low-latency player of a hidden page", () => {
  it("decodes no picture, and begins with a key picture when it is shown again", () => {
    const { push, codecs, player } = play();
    push(videoConfig, key(0));
    player.setVisible(false);
    push(delta(33), key(1000));
    player.setVisible(true);
    push(delta(1033), key(2000));
    expect(codecs.calls).toEqual(["configure", "key 0", "close", "configure", "key 2000000"]);
  });

  it("gives back pictures that come out late, or wait", () => {
    const { push, decode, codecs, player } = play();
    push(videoConfig, key(0), delta(33));
    const waiting = decode(0);
    const late = new FakeFrame(33);
    player.setVisible(false);
    codecs.video[0]?.give(late);
    expect([waiting.isClosed, late.isClosed]).toEqual([true, true]);
  });
});

/** Ten pictures of which no more than the first comes out, then a key picture. */
function skip({ push, decode }: ReturnType<typeof play>, fromMs: number) {
  push(key(fromMs));
  decode(fromMs);
  for (let number = 1; number <= 10; number++) push(delta(fromMs + number));
  nowMs += 400;
  push(delta(fromMs + 20));
}

describe("the low-latency player that cannot go on", () => {
  it.each([
    ["too many skips in a minute", 0, ["cannot-keep-up"]],
    ["one skip in half a minute", 30_000, []],
  ])("tells, after %s, that another player may do better", (_, pauseMs, failures) => {
    const all = play();
    all.push(videoConfig);
    for (let round = 0; round < 4; round++) {
      expect(all.told).toEqual([]);
      skip(all, round * 1000);
      nowMs += pauseMs;
    }
    all.push(delta(9000)); // is no skip
    expect(all.told).toEqual(failures);
  });

  it("begins again at a key picture after an error, and tells of the fourth in a minute", () => {
    const { push, codecs, told } = play();
    push(videoConfig);
    for (let round = 0; round < 3; round++) {
      push(key(round * 1000));
      codecs.video.at(-1)?.fail();
      push(delta(round * 1000 + 33));
    }
    expect(told).toEqual([]);
    expect(codecs.calls.filter((call) => call.startsWith("delta"))).toEqual([]);
    push(key(4000));
    codecs.video.at(-1)?.fail();
    expect(told).toEqual(["decoder"]);
  });

  it("counts the errors of sound likewise", () => {
    const { player, push, codecs, told } = play();
    player.setSound(loud);
    push(audioConfig);
    for (let round = 0; round < 4; round++) {
      push(sound(round));
      codecs.audio.at(-1)?.fail();
    }
    expect(told).toEqual(["decoder"]);
  });
});
