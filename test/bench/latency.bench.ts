import { expect, it } from "vitest";
import { latenciesMs, rawPictures } from "./latency.ts";
import { printTable, quantile } from "./numbers.ts";
import { plainFfmpeg } from "./plain-ffmpeg.ts";
import { throughFlvcast } from "./through-flvcast.ts";

const rounds = 3;
const secondsPerRound = Number(process.env["FLVCAST_BENCH_SECONDS"] ?? 10);

it("a picture takes this long from ffmpeg's stdin to a complete tag at the viewer", async () => {
  const pictures = await rawPictures();
  const ours: number[] = [];
  const plain: number[] = [];
  // In turns, so that both meet whatever else this machine does.
  for (let round = 0; round < rounds; round += 1) {
    plain.push(...(await latenciesMs(plainFfmpeg, pictures, secondsPerRound)));
    ours.push(...(await latenciesMs(throughFlvcast, pictures, secondsPerRound)));
  }
  expect(ours).toHaveLength(plain.length);
  printTable("From raw picture to tag, 720p30, with sound", {
    [plainFfmpeg.name]: row(plain),
    [throughFlvcast.name]: row(ours),
  });
  console.log(`ratio of the medians: ${(quantile(plain, 0.5) / quantile(ours, 0.5)).toFixed(1)} to 1`);
});

function row(values: readonly number[]) {
  return {
    "p50 ms": quantile(values, 0.5),
    "p95 ms": quantile(values, 0.95),
    "longest ms": Math.max(...values),
    pictures: values.length,
  };
}
