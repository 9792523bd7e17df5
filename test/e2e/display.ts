import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { closeSync, fstatSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An X server without a screen. */
export interface Display {
  /** For the environment variable DISPLAY. */
  readonly name: string;
  stop(): Promise<void>;
}

/** Starts Xvfb on a display number that it picks itself, or by a name that it had before. */
export async function startDisplay(size: string, name?: string): Promise<Display> {
  return await startServer(size, name, []);
}

/** The same, with something going on in the picture. */
export async function startLivelyDisplay(size: string, name?: string): Promise<Display> {
  const folder = mkdtempSync(join(tmpdir(), "flvcast-display-"));
  const display = await startServer(size, name, ["-fbdir", folder]);
  const picture = openSync(join(folder, "Xvfb_screen0"), "r+");
  const drawing = setInterval(() => drawNoise(picture, size), DRAWING_MS);
  return {
    name: display.name,
    stop: async () => {
      clearInterval(drawing);
      closeSync(picture);
      await display.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const DRAWING_MS = 50;
const NOISE = { width: 160, height: 90 } as const;
const PIXEL_BYTES = 4;

/** Into the corner of the server's own memory, which lies in a file: an XWD, whose pixels come last. */
function drawNoise(picture: number, size: string): void {
  const [width = 0, height = 0] = size.split("x").map(Number);
  const pixels = fstatSync(picture).size - width * height * PIXEL_BYTES;
  for (let row = 0; row < NOISE.height; row++)
    writeSync(picture, randomBytes(NOISE.width * PIXEL_BYTES), 0, null, pixels + row * width * PIXEL_BYTES);
}

async function startServer(
  size: string,
  name: string | undefined,
  more: readonly string[],
): Promise<Display> {
  const chosen = name === undefined ? [] : [name];
  const flags = ["-displayfd", "1", "-screen", "0", `${size}x24`, "-nolisten", "tcp", ...more];
  const server = spawn("Xvfb", [...chosen, ...flags], { stdio: ["ignore", "pipe", "ignore"] });
  const [number] = (await once(server.stdout, "data")) as [Buffer];
  return {
    name: `:${number.toString().trim()}`,
    stop: async () => {
      const closed = once(server, "close");
      server.kill();
      await closed;
    },
  };
}
