import { expect, it } from "vitest";
import { latenciesMs, rawPictures } from "./latency.ts";
import { printTable, quantile } from "./numbers.ts";
import { plainFfmpeg } from "./plain-ffmpeg.ts";
import { throughFlvcast } from "./through-flvcast.ts";

/**
 * How far the first picture comes ahead of the others. In one ffmpeg it decides by how much the sound lags for ever:
 * the delay of a muxed pipe is no one number, so it is measured at several.
 */
const leadsMs = [0, 50, 100, 150];
const secondsPerRound = Number(process.env["FLVCAST_BENCH_SECONDS"] ?? 10);

it("a picture takes this long from ffmpeg's stdin to a complete tag at the viewer", async () => {
  const pictures = await rawPictures();
  const rows: Record<string, Row> = {};
  for (const leadMs of leadsMs) {
    // In turns, so that both meet whatever else this machine does.
    const plain = await latenciesMs(plainFfmpeg, pictures, secondsPerRound, leadMs);
    const ours = await latenciesMs(throughFlvcast, pictures, secondsPerRound, leadMs);
    expect(ours).toHaveLength(plain.length);
    rows[`${plainFfmpeg.name}, lead ${leadMs} ms`] = row(plain);
    rows[`${throughFlvcast.name}, lead ${leadMs} ms`] = row(ours);
    console.log(`lead ${leadMs} ms: ${(quantile(plain, 0.5) / quantile(ours, 0.5)).toFixed(1)} to 1`);
  }
  printTable("From raw picture to tag, 720p30, with sound", rows);
});

type Row = ReturnType<typeof row>;

function row(values: readonly number[]) {
  return {
    "p50 ms": quantile(values, 0.5),
    "p95 ms": quantile(values, 0.95),
    "longest ms": Math.max(...values),
    pictures: values.length,
  };
}
