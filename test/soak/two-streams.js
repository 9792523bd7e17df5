import { createInterface } from "node:readline";

// Two streams in one process, through the typed API: one lasts, the other is started and stopped as stdin says.

/** @type {typeof import("../../src/index.ts")} */
const { startStream } = await import(new URL("../../dist/index.js", import.meta.url).href);
const [lastingPort = 0, changingPort = 0] = process.argv.slice(2).map(Number);
const small = {
  device: "test",
  encoder: "libx264",
  size: { width: 320, height: 180 },
  fps: 15,
  stallMs: 2000,
};
const silent = { ...small, audio: "none", name: "changing", port: changingPort };

/** @param {Error} error of an ffmpeg that a fault befell while it told its version */
function failed({ message }) {
  console.error(`changing: ${message}`);
  return null;
}

const lasting = await startStream({ ...small, audio: "test", name: "lasting", port: lastingPort });
/** @type {import("../../src/index.ts").Stream | null} */
let changing = null;
for await (const word of createInterface({ input: process.stdin })) {
  if (word === "start") changing = await startStream(silent).catch(failed);
  else await changing?.stop();
  process.stdout.write(`${word}\n`);
}
await Promise.all([lasting.stop(), changing?.stop()]);
