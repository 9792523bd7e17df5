import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { encodeClock } from "../../src/media/flv/clock-tag.ts";
import type { StreamInfo } from "../../src/server/api/schemas.ts";
import { readAddress } from "../../src/web/address.ts";
import { Site } from "../../src/web/site.ts";
import { StreamViewer, type ViewerOptions } from "../../src/web/stream-viewer.ts";
import { onAir, refuse, stream } from "./server.ts";
import { delta, hevcConfig, key, videoConfig } from "./stream.ts";
import { FakeFrame, installWebCodecs } from "./webcodecs.ts";

let close: () => void = () => undefined;
let draw: () => void = () => undefined;
beforeEach(() => {
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("requestAnimationFrame", (callback: () => void) => (draw = callback));
  vi.stubGlobal("cancelAnimationFrame", () => undefined);
});
afterEach(() => {
  close();
  vi.unstubAllGlobals();
});

/** A viewer of a server that answers each question with the next of these, and the last one again and again. */
function watch(...answers: readonly (() => Response)[]) {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (url: URL) => {
    const at = asked.push(url.href) - 1;
    return answers[Math.min(at, answers.length - 1)]?.() ?? Response.error();
  });
  const canvas = { width: 0, height: 0, getContext: () => ({ drawImage: () => undefined }) };
  let changes = 0;
  const site = new Site(readAddress(new URL("http://cam/watch/cam0?transport=fetch")), null, null);
  const viewer = new StreamViewer(site, {
    name: "cam0",
    // Of a surface, the player uses this much.
    surface: { canvas, video: {} } as unknown as ViewerOptions["surface"],
    onChange: () => changes++,
    onSoundRefused: () => undefined,
  });
  close = () => viewer.close();
  const isState = (kind: string) => vi.waitFor(() => expect(viewer.state.kind).toBe(kind), 20_000);
  return { viewer, asked, isState, changes: () => changes };
}

const published = (...names: readonly string[]) => ({ ...onAir, codecs: names });

describe("the viewer of a stream", () => {
  it("plays once a picture is shown, and knows what it shows", async () => {
    const codecs = installWebCodecs();
    const clock = encodeClock({ streamMs: 0, wallMs: 1_000_000 }).bytes;
    const { viewer, asked, isState, changes } = watch(() => stream([clock, videoConfig, key(0), delta(33)]));
    expect(viewer.stats).toBeNull();
    await vi.waitFor(() => expect(codecs.calls).toContain("delta 33000"), 20_000);
    expect(viewer.state.kind).toBe("connecting");
    expect(viewer.tracks).toEqual({ video: true, audio: false });
    const before = changes();
    codecs.video[0]?.give(new FakeFrame(33));
    draw();
    await isState("playing");
    expect(changes()).toBe(before + 1);
    expect(asked).toEqual(["http://cam/live/cam0.flv"]);
    expect(viewer.stats).toMatchObject({ shownMs: 33, transport: "fetch", capturedMs: 1_000_033 });
    expect(viewer.currentFrame).not.toBeNull();
  });

  it.each([
    ["comes back after it was gone", { ...onAir, state: "ended" }, onAir, 2],
    ["is seen for the first time", null, onAir, 1],
    ["was on the air before", onAir, onAir, 1],
    ["is not there yet", { ...onAir, state: "ended" }, { ...onAir, state: "waiting" }, 1],
  ] as readonly [string, StreamInfo | null, StreamInfo, number][])(
    "of which the API says that it %s",
    async (_, before, now, questions) => {
      installWebCodecs();
      const { viewer, asked, isState } = watch(refuse(404));
      await isState("no-such-stream");
      viewer.stream = before;
      viewer.stream = now;
      expect(viewer.stream).toBe(now);
      await new Promise((resolve) => setTimeout(resolve, 0));
      expect(asked).toHaveLength(questions);
    },
  );

  it.each([
    ["is shown again, asks at once", true, 2],
    ["is hidden, waits", false, 1],
  ])("without a stream, where the page %s", async (_, isVisible, questions) => {
    installWebCodecs();
    const { viewer, asked, isState } = watch(refuse(404));
    await isState("no-such-stream");
    viewer.setVisible(isVisible);
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(asked).toHaveLength(questions);
  });

  it("asks again when it is told to, and no more once it is closed", async () => {
    installWebCodecs();
    const { viewer, asked, isState } = watch(refuse(401));
    await isState("token-needed");
    viewer.retryNow();
    await vi.waitFor(() => expect(asked).toHaveLength(2), 20_000);
    viewer.close();
    viewer.retryNow();
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(asked).toHaveLength(2);
  });

  it.each([
    ["an old iPhone", "Mozilla/5.0 (iPhone; CPU iPhone OS 16_7 like Mac OS X)", "iphone"],
    ["another browser that plays nothing", "Lynx/2.9", "browser"],
  ])("asks for no stream with %s", (_, userAgent, why) => {
    vi.stubGlobal("isSecureContext", false);
    vi.stubGlobal("navigator", { userAgent });
    const { viewer, asked } = watch(refuse(404));
    expect(viewer.state).toEqual({ kind: "unplayable", why });
    expect(asked).toEqual([]);
  });

  it("of which the codec is not played here, asks again once the API has others", async () => {
    const codecs = installWebCodecs();
    Object.assign(VideoDecoder, {
      isConfigSupported: async ({ codec }: { readonly codec: string }) => ({
        supported: codec.startsWith("avc1"),
      }),
    });
    const { viewer, asked, isState } = watch(
      () => stream([hevcConfig]),
      () => stream([videoConfig, key(0)]),
    );
    await isState("unplayable");
    expect(viewer.state).toEqual({ kind: "unplayable", why: { codec: "H.265", needsHttps: false } });
    for (const one of [null, published("hvc1.1.6.L93.B0"), published(), published("hvc1.1.6.L93.B0")])
      viewer.stream = one;
    expect(viewer.state.kind).toBe("unplayable");
    viewer.stream = published("avc1.64001f");
    await isState("connecting");
    await vi.waitFor(() => expect(codecs.calls).toContain("key 0"), 20_000);
    expect(asked).toHaveLength(2);
    codecs.video.at(-1)?.give(new FakeFrame(0));
    draw();
    await isState("playing");
  });
});
