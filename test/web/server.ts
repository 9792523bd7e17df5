import { vi } from "vitest";
import { encodeHeader } from "../../src/media/flv/header.ts";
import type { StreamInfo } from "../../src/server/api/schemas.ts";
import { installDocument } from "./dom.ts";
import { installWebAudio } from "./web-audio.ts";
import { installWebCodecs } from "./webcodecs.ts";

export const onAir: StreamInfo = {
  ...{
    name: "cam0",
    ...{ state: "on-air", isOnDemand: false },
    sinceMs: 5,
    url: "http://cam/live/cam0.flv",
    pageUrl: null,
    isReachable: true,
  },
  ...{ size: "640x360", fps: 30 },
  ...{ bitrateKbps: 900, codecs: ["avc1.64001f"], encoder: "libx264", viewers: 2, reason: null },
};

/** A response that stays open behind these bytes. */
export const stream = (tags: readonly Uint8Array[], audio = false) =>
  new Response(
    new ReadableStream({
      start(control) {
        for (const part of [encodeHeader({ video: true, audio }), ...tags])
          control.enqueue(Uint8Array.from(part));
      },
    }),
  );

/** Refuses as the server does, with one line. */
export const refuse = (status: number) => () =>
  new Response("no", { status, headers: { "Content-Type": "text/plain" } });

/** A server that a page asks until `vi.unstubAllGlobals()`: what it answers may change, and what it was asked is kept. */
export class FakeServer {
  streams: readonly StreamInfo[] = [onAir];
  nowMs = 5000;
  api: () => Response = () => Response.json({ nowMs: this.nowMs, streams: this.streams });
  /** Of one stream. */
  detail: () => Response = () => Response.json({ recording: null });
  live: (path: string) => Response = refuse(404);
  /** The paths, in the order in which they were asked for. */
  readonly asked: string[] = [];
  readonly tokens: (string | undefined)[] = [];

  constructor() {
    vi.stubGlobal("fetch", async (url: URL, { headers }: { headers: Record<string, string> }) => {
      this.asked.push(url.pathname);
      this.tokens.push(headers["Authorization"]);
      if (url.pathname.startsWith("/live/")) return this.live(url.pathname);
      return url.pathname.startsWith("/api/v1/streams/") ? this.detail() : this.api();
    });
  }

  /** How often a path was asked for. */
  count(path: string): number {
    return this.asked.filter((one) => one === path).length;
  }
}

/** Lets answers arrive, with fake timers, in no time. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await vi.advanceTimersByTimeAsync(0);
}

/** Puts a browser with WebCodecs and this server in place, on fake timers, until `leaveBrowser()`. */
export function installBrowser() {
  vi.useFakeTimers();
  const window = new EventTarget();
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("requestAnimationFrame", (draw: () => void) => setTimeout(draw, 16));
  vi.stubGlobal("cancelAnimationFrame", clearTimeout);
  vi.stubGlobal("addEventListener", window.addEventListener.bind(window));
  const [document, codecs, speaker] = [installDocument(), installWebCodecs(), installWebAudio()];
  return { window, document, codecs, speaker, server: new FakeServer() };
}

export function leaveBrowser(): void {
  vi.clearAllTimers();
  vi.unstubAllGlobals();
  vi.useRealTimers();
}
