import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Playback } from "../../src/web/playback.ts";
import type { Sample } from "../../src/web/sample.ts";
import { FakeMpegtsPlayer, FakeVideo, installMediaElement } from "./mpegts.ts";
import {
  aLaw,
  audioConfig,
  delta,
  eventsOf,
  hevcConfig,
  key,
  opusConfig,
  sound,
  videoConfig,
} from "./stream.ts";
import { installWebCodecs } from "./webcodecs.ts";

vi.mock("mpegts.js", async () => ({ default: (await import("./mpegts.ts")).mpegts }));

let close: () => void = () => undefined;
beforeEach(() => {
  installMediaElement();
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("MediaSource", Object);
  vi.stubGlobal("cancelAnimationFrame", () => undefined);
});
afterEach(() => {
  close();
  vi.unstubAllGlobals();
  FakeMpegtsPlayer.made.splice(0);
});

/** Playback in a browser that has all, less what a test takes away. */
function playback(request: "auto" | "low-latency" | "mse" = "auto") {
  const codecs = installWebCodecs();
  const told: string[] = [];
  const samples: Sample[] = [];
  const video = new FakeVideo();
  const canvas = { width: 0, height: 0, getContext: () => ({ drawImage: () => undefined }) };
  vi.stubGlobal("requestAnimationFrame", () => 1);
  const all = new Playback({
    // Of a surface, the players use this much.
    surface: { video, canvas } as unknown as ConstructorParameters<typeof Playback>[0]["surface"],
    worklet: new URL("http://cam/player/audio-worklet.js"),
    request,
    onVideoSize: () => void told.push("size"),
    onSoundRefused: () => void told.push("sound refused"),
    onPlayRefused: () => void told.push("play refused"),
    onUnplayable: () => void told.push("unplayable"),
    onSample: (sample) => void samples.push(sample),
  });
  close = () => all.close();
  const push = (...tags: readonly Uint8Array[]) => all.push(eventsOf(tags).slice(1));
  const connect = (...tags: readonly Uint8Array[]) => all.push(eventsOf(tags));
  const player = () => all.stats()?.player ?? null;
  const hasPlayer = (name: string) => vi.waitFor(() => expect(player()).toBe(name), 20_000);
  const made = FakeMpegtsPlayer.made;
  return { all, codecs, told, samples, video, push, connect, player, hasPlayer, made };
}

const hasAll = (): void => undefined;
const noWebCodecs = (): void => void vi.stubGlobal("VideoDecoder", undefined);
/** All that was started in this moment has come to its end. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
/** Decoding fails so often that it is too much. */
function failFour({ codecs, push }: ReturnType<typeof playback>) {
  for (let round = 0; round < 4; round++) {
    push(key(round * 1000));
    codecs.video.at(-1)?.fail();
  }
}

describe("the player that is chosen", () => {
  it.each([
    ["WebCodecs where the browser has all", "auto", hasAll, "low-latency"],
    ["Media Source where there is no WebCodecs", "auto", noWebCodecs, "mse"],
    ["Media Source where the address asks for it", "mse", hasAll, "mse"],
  ] as const)("is %s", async (_, request, lack, expected) => {
    const { connect, hasPlayer, told } = playback(request);
    lack();
    connect(videoConfig, audioConfig, key(0));
    await hasPlayer(expected);
    expect(told).toEqual([]);
  });

  it("is none where the browser has neither", async () => {
    const { connect, told, player } = playback();
    noWebCodecs();
    Reflect.deleteProperty(globalThis, "MediaSource");
    connect(videoConfig, audioConfig);
    await vi.waitFor(() => expect(told).toEqual(["unplayable"]), 20_000);
    expect(player()).toBeNull();
  });

  it.each([
    ["video and audio", { video: true, audio: true }, [videoConfig, audioConfig]],
    ["video alone", { video: true, audio: false }, [videoConfig]],
    ["audio alone", { video: false, audio: true }, [audioConfig]],
  ])("waits for the settings of each track: %s", async (_, tracks, settings) => {
    const { all, hasPlayer, player } = playback();
    const events = eventsOf(settings, tracks);
    expect(all.tracks).toBeNull();
    all.push(events.slice(0, -1));
    await settled();
    expect(all.tracks).toEqual(tracks);
    expect(player()).toBeNull();
    all.push(events.slice(-1));
    await hasPlayer("low-latency");
  });

  it("begins with what came before it was chosen, and tells of every sample once", async () => {
    const { connect, hasPlayer, codecs, samples } = playback();
    connect(videoConfig, audioConfig, key(0), delta(33));
    await hasPlayer("low-latency");
    expect(codecs.calls).toEqual(["configure", "key 0", "delta 33000"]);
    expect(samples.map(({ kind }) => kind)).toEqual([
      "video-config",
      "audio-config",
      "video-frame",
      "video-frame",
    ]);
  });

  it("has the sound that was asked for before", async () => {
    const { all, connect, hasPlayer, video } = playback("mse");
    all.setSound({ isMuted: false, volume: 0.5 });
    connect(videoConfig, audioConfig);
    await hasPlayer("mse");
    expect(video).toMatchObject({ muted: false, volume: 0.5 });
    all.setSound({ isMuted: true, volume: 0.25 });
    expect(video).toMatchObject({ muted: true, volume: 0.25 });
  });

  it("goes on through the next connection", async () => {
    const { connect, hasPlayer, codecs } = playback();
    connect(videoConfig, audioConfig, key(0));
    await hasPlayer("low-latency");
    connect(videoConfig, audioConfig, key(0));
    await settled();
    expect(codecs.video).toHaveLength(1);
    expect(codecs.calls).toEqual(["configure", "key 0", "configure", "key 0"]);
  });

  it("is closed with the page, also where it was about to be chosen", async () => {
    const { all, connect, player, made } = playback("mse");
    connect(videoConfig, audioConfig);
    all.close();
    await settled();
    expect(player()).toBeNull();
    expect(made).toEqual([]);
  });
});

describe("the other player takes over", () => {
  it("where decoding fails, without another connection and for good", async () => {
    const page = playback();
    page.connect(videoConfig, audioConfig);
    await page.hasPlayer("low-latency");
    failFour(page);
    await page.hasPlayer("mse");
    expect(page.codecs.video.at(-1)?.state).toBe("closed");
    expect(page.made).toHaveLength(1);
    page.connect(videoConfig, audioConfig, key(0));
    await settled();
    expect(page.player()).toBe("mse");
  });

  it("and where it fails too, the stream cannot be played", async () => {
    const { connect, hasPlayer, told, made } = playback("mse");
    connect(videoConfig, audioConfig);
    await hasPlayer("mse");
    for (let round = 0; round < 3; round++) made.at(-1)?.fail();
    expect(told).toEqual([]);
    expect(made).toHaveLength(4);
    made.at(-1)?.fail();
    await vi.waitFor(() => expect(told).toEqual(["unplayable"]));
  });

  it("as long as a video is needed for picture in picture", async () => {
    const { all, connect, hasPlayer, codecs } = playback();
    connect(videoConfig, audioConfig, key(0));
    await hasPlayer("low-latency");
    all.preferVideo(true);
    await hasPlayer("mse");
    all.preferVideo(false);
    await hasPlayer("low-latency");
    expect(codecs.calls).toEqual(["configure", "key 0", "close", "configure", "key 0"]);
  });

  it("but not where only WebCodecs play the stream", async () => {
    const { all, connect, hasPlayer, player, told } = playback();
    vi.stubGlobal("MediaSource", { isTypeSupported: () => false });
    connect(hevcConfig, audioConfig, key(0));
    await hasPlayer("low-latency");
    all.preferVideo(true);
    await settled();
    expect([player(), told]).toEqual(["low-latency", []]);
  });

  it("not before there is a stream", async () => {
    const { all, player, connect, hasPlayer } = playback();
    all.preferVideo(true);
    await settled();
    expect(player()).toBeNull();
    connect(videoConfig, audioConfig);
    await hasPlayer("mse");
  });
});

/** A browser that decodes these with WebCodecs, by the beginning of their names. */
function decodes(...names: readonly string[]): void {
  const isConfigSupported = async ({ codec }: { readonly codec: string }) => ({
    supported: names.some((name) => codec.startsWith(name)),
  });
  for (const decoder of [VideoDecoder, AudioDecoder]) Object.assign(decoder, { isConfigSupported });
}

describe("codecs that change in mid-stream", () => {
  it("that the player knows, are decoded by it: nothing is opened again", async () => {
    const { connect, push, hasPlayer, codecs } = playback();
    connect(videoConfig, audioConfig, key(0));
    await hasPlayer("low-latency");
    push(hevcConfig, opusConfig);
    await settled();
    expect(codecs.video).toHaveLength(1);
    expect(codecs.configs).toMatchObject([{ codec: "avc1.64001f" }, { codec: "hvc1.1.6.L93.90" }]);
  });

  it("that no player knows, end it; and the next connection, with others, has all players again", async () => {
    const { connect, push, hasPlayer, player, told } = playback();
    decodes("avc1", "mp4a");
    vi.stubGlobal("MediaSource", { isTypeSupported: () => false });
    connect(videoConfig, audioConfig, key(0));
    await hasPlayer("low-latency");
    push(hevcConfig);
    await vi.waitFor(() => expect(told).toEqual(["unplayable"]));
    expect(player()).toBeNull();
    connect(videoConfig, audioConfig, key(9000));
    await hasPlayer("low-latency");
  });

  it("that Media Source plays, too, are played by a player of their own", async () => {
    const { connect, push, hasPlayer, made } = playback("mse");
    vi.stubGlobal("MediaSource", { isTypeSupported: () => true });
    connect(videoConfig, audioConfig, key(0));
    await hasPlayer("mse");
    push(opusConfig, key(1000));
    await vi.waitFor(() => expect(made).toHaveLength(2));
    expect(made[0]?.isDestroyed).toBe(true);
    const arrived = made[1]?.loader.arrived.flatMap(({ bytes }) => [...bytes]) ?? [];
    expect(Buffer.from(arrived).includes("OpusHead")).toBe(true);
    expect(Buffer.from(arrived).includes(Buffer.from(audioConfig.subarray(11)))).toBe(false);
  });

  it("are tried with WebCodecs again, where that failed with those before", async () => {
    const page = playback();
    vi.stubGlobal("MediaSource", { isTypeSupported: () => true });
    page.connect(videoConfig, audioConfig);
    await page.hasPlayer("low-latency");
    failFour(page);
    await page.hasPlayer("mse");
    page.push(opusConfig, key(5000));
    await page.hasPlayer("low-latency");
    expect(page.codecs.calls.at(-1)).toBe("key 5000000");
  });
});

describe("sound that cannot be played here", () => {
  it("is left out, and the video plays", async () => {
    const { all, connect, hasPlayer, made } = playback();
    noWebCodecs();
    vi.stubGlobal("isSecureContext", false);
    vi.stubGlobal("MediaSource", { isTypeSupported: () => true });
    connect(videoConfig, key(0), aLaw(5), delta(33));
    await hasPlayer("mse");
    expect(all.missingAudio).toEqual({ codec: "G.711", needsHttps: true });
    expect(all.tracks).toEqual({ video: true, audio: false });
    expect(made[0]?.media).toMatchObject({ hasAudio: false, hasVideo: true });
    await settled();
    const arrived = Buffer.concat(made[0]?.loader.arrived.map(({ bytes }) => bytes) ?? []);
    expect(arrived.includes(Buffer.from(aLaw(5).subarray(0, 12)))).toBe(false);
    expect(arrived.includes(Buffer.from(delta(33)))).toBe(true);
  });

  it("is heard again with the codec that can be", async () => {
    const { all, connect, push, hasPlayer } = playback();
    decodes("avc1", "mp4a");
    vi.stubGlobal("MediaSource", { isTypeSupported: () => false });
    connect(videoConfig, opusConfig, key(0));
    await hasPlayer("low-latency");
    expect(all.missingAudio).toEqual({ codec: "Opus", needsHttps: false });
    push(audioConfig, key(1000));
    await vi.waitFor(() => expect(all.missingAudio).toBeNull());
    expect(all.tracks).toEqual({ video: true, audio: true });
  });
});

describe("a page that is hidden and shown again", () => {
  it("goes on with the recent pictures, not with the sound that has gone on meanwhile", async () => {
    const { all, connect, push, hasPlayer, codecs } = playback();
    connect(videoConfig, audioConfig);
    await hasPlayer("low-latency");
    all.setVisible(false);
    push(key(1000), sound(1000), delta(1033));
    expect(codecs.calls).toEqual(["configure", "close"]);
    all.setVisible(true);
    all.setVisible(true);
    expect(codecs.calls.slice(2)).toEqual(["configure", "key 1000000", "delta 1033000"]);
  });

  it("decodes nothing with a player that was chosen meanwhile", async () => {
    const { all, connect, hasPlayer, codecs } = playback();
    all.setVisible(false);
    connect(videoConfig, audioConfig, key(0));
    await hasPlayer("low-latency");
    expect(codecs.calls).not.toContain("key 0");
  });

  it("gives the Media Source player nothing twice: it has gone on by itself", async () => {
    const { all, connect, hasPlayer, made } = playback("mse");
    connect(videoConfig, audioConfig, key(0));
    await hasPlayer("mse");
    all.setVisible(false);
    all.setVisible(true);
    expect(made).toHaveLength(1);
  });
});

async function shown() {
  const page = playback("mse");
  page.connect(videoConfig, audioConfig, key(0));
  await page.hasPlayer("mse");
  page.video.currentTime = 1;
  page.all.watch(1000, 0);
  return page;
}

describe("a picture that stands still", () => {
  it("while the stream goes on, is begun again after four seconds", async () => {
    const { all, made } = await shown();
    all.watch(5000, 4000);
    expect(made).toHaveLength(1);
    all.watch(5001, 4001);
    expect(made).toHaveLength(2);
  });

  it.each([
    ["the stream stands still, too", 4999, {}],
    ["the picture has moved", 9000, { currentTime: 1.5 }],
    ["the video is paused", 9000, { paused: true }],
  ])("is left alone where %s", async (_, receivedMs, facts) => {
    const { all, video, made } = await shown();
    Object.assign(video, facts);
    all.watch(receivedMs, 10_000);
    expect(made).toHaveLength(1);
  });

  it("is counted from its last movement", async () => {
    const { all, video, made } = await shown();
    video.currentTime = 2;
    all.watch(9000, 3000);
    all.watch(9000, 6000);
    expect(made).toHaveLength(1);
  });

  it("is no fault of a hidden page", async () => {
    const { all, made } = await shown();
    all.setVisible(false);
    all.watch(9000, 10_000);
    expect(made).toHaveLength(1);
  });
});

describe("a pause", () => {
  it("stops the video of the second player, and what is set meanwhile does not start it", async () => {
    const { all, connect, hasPlayer, video, made } = playback("mse");
    all.setSound({ isMuted: false, volume: 1 });
    connect(videoConfig, audioConfig, key(0));
    await hasPlayer("mse");
    all.setPaused(true);
    expect(video).toMatchObject({ paused: true, muted: true });
    all.setSound({ isMuted: false, volume: 0.5 });
    all.setVisible(false);
    all.setVisible(true);
    expect(video).toMatchObject({ paused: true, muted: true });
    all.setPaused(false);
    expect(video).toMatchObject({ paused: false, muted: false, volume: 0.5 });
    connect(videoConfig, audioConfig, key(90_000));
    expect(made).toHaveLength(2);
  });

  it("holds for a player that is chosen meanwhile", async () => {
    const { all, connect, hasPlayer, video } = playback();
    connect(videoConfig, audioConfig, key(0));
    await hasPlayer("low-latency");
    all.setPaused(true);
    all.preferVideo(true);
    await hasPlayer("mse");
    expect(video).toMatchObject({ paused: true, muted: true });
  });

  it("is no standstill after it", async () => {
    const { all, codecs, connect, hasPlayer } = playback();
    connect(videoConfig, audioConfig, key(0));
    await hasPlayer("low-latency");
    all.watch(0, 0);
    all.setPaused(true);
    all.setPaused(false);
    connect(videoConfig, audioConfig, key(90_000));
    const { length } = codecs.calls;
    all.watch(90_000, performance.now());
    expect(codecs.calls).toHaveLength(length); // nothing is replayed
  });
});
