import { get } from "node:http";
import type { Page } from "playwright-core";
import { FlvDemuxer } from "../../src/media/flv/demuxer.ts";
import { readSample } from "../../src/web/sample.ts";
import { quantile } from "./numbers.ts";

/** A moment of the stream, and when it came past by this machine's clock. */
type Passage = readonly [streamMs: number, wallMs: number];

const stages = ["received", "decoded", "taken", "heard", "shown"] as const;

/** What passed the page, by stage, and how often its sound stopped. */
export type PagePassages = Readonly<Record<(typeof stages)[number], readonly Passage[]>> & {
  readonly stops: number;
};

/** Has a page note what passes: to be called before it is opened. `taken`: by the output, which plays it later. */
export async function notePassages(page: Page): Promise<void> {
  await page.addInitScript(`(() => {
    const noted = window.passages = { stops: 0 };
    for (const stage of ${JSON.stringify(stages)}) noted[stage] = [];
    const note = (stage, streamMs) => noted[stage].push([streamMs, performance.timeOrigin + performance.now()]);
    let isSilent = true;
    window.AudioDecoder = class extends AudioDecoder {
      constructor({ output, error }) {
        super({ error, output: (data) => (note("decoded", data.timestamp / 1000), output(data)) });
      }
      decode(chunk) {
        note("received", chunk.timestamp / 1000);
        super.decode(chunk);
      }
    };
    window.AudioWorkletNode = class extends AudioWorkletNode {
      constructor(context, ...rest) {
        super(context, ...rest);
        this.port.addEventListener("message", ({ data: { streamMs, contextS } }) => {
          if (streamMs === null && !isSilent) noted.stops++;
          isSilent = streamMs === null;
          if (isSilent) return;
          const { contextTime, performanceTime } = context.getOutputTimestamp();
          const heardS = contextTime + (performance.now() - performanceTime) / 1000;
          note("taken", streamMs + (context.currentTime - contextS) * 1000);
          note("heard", streamMs + (heardS - contextS) * 1000);
        });
      }
    };
    const draw = CanvasRenderingContext2D.prototype.drawImage;
    CanvasRenderingContext2D.prototype.drawImage = function (image, ...rest) {
      if (image instanceof VideoFrame) note("shown", image.timestamp / 1000);
      return draw.call(this, image, ...rest);
    };
  })()`);
}

/** What passes the page from now on, for so long. */
export async function passagesOf(page: Page, ms: number): Promise<PagePassages> {
  await page.evaluate(`for (const stage of ${JSON.stringify(stages)}) window.passages[stage].length = 0`);
  await page.evaluate("window.passages.stops = 0");
  await page.waitForTimeout(ms);
  return await page.evaluate<PagePassages>("window.passages");
}

/** A viewer in this process: when sound comes, and what the stream says of its clock. */
export class SoundArrivals {
  readonly #arrivals: Passage[] = [];
  readonly #clockMs: number[] = [];
  readonly #request: ReturnType<typeof get>;

  constructor(url: string) {
    const demuxer = new FlvDemuxer();
    this.#request = get(url, (response) => {
      response.on("data", (chunk: Buffer) => {
        for (const event of demuxer.push(chunk)) if (event.kind === "tag") this.#note(readSample(event));
      });
    });
    this.#request.on("error", () => undefined); // it is destroyed in the middle
  }

  /** How old sound of the last so many milliseconds was when it came. */
  agesMs(lastMs: number): readonly number[] {
    const fromMs = (this.#arrivals.at(-1)?.[1] ?? 0) - lastMs;
    return this.ages(this.#arrivals.filter(([, wallMs]) => wallMs > fromMs));
  }

  /** Ages by the stream's own clock. */
  ages(passages: readonly Passage[]): readonly number[] {
    const clockMs = quantile(this.#clockMs, 0.5);
    return passages.map(([streamMs, wallMs]) => wallMs - clockMs - streamMs);
  }

  close(): void {
    this.#request.destroy();
  }

  #note(sample: ReturnType<typeof readSample>): void {
    const nowMs = performance.timeOrigin + performance.now();
    if (sample?.kind === "audio-frame") this.#arrivals.push([sample.presentationTimeMs, nowMs]);
    if (sample?.kind === "clock") this.#clockMs.push(sample.clock.wallMs - sample.clock.streamMs);
  }
}
