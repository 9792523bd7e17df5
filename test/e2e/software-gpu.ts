import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findProgram, mustRun } from "../run.ts";
import { makeFolder } from "./folder.ts";

const source = fileURLToPath(new URL("../software-encoders/pcm_drv_video.c", import.meta.url));

/** A VA-API driver in software, on an X display: what ffmpeg's own h264_vaapi takes for a GPU. */
export interface SoftwareGpu {
  /** For the environment of a program that is to find it; `fail` makes that call of the driver fail. */
  env(fail?: string): NodeJS.ProcessEnv;
  /** ffmpeg's name for it. */
  readonly node: string;
  stop(): Promise<void>;
}

/** Why there can be no such thing here; null where there can. */
export function whyNoSoftwareGpu(): string | null {
  if (process.platform !== "linux") return "VA-API is Linux's";
  for (const program of ["gcc", "Xvfb"]) {
    if (findProgram(program) === null) return `${program} is not installed`;
  }
  return existsSync("/usr/include/va/va_backend.h") ? null : "libva-dev is not installed";
}

/** Builds the driver and starts the display. */
export async function startSoftwareGpu(): Promise<SoftwareGpu> {
  const folder = makeFolder();
  const driver = folder.file("pcm_drv_video.so");
  await mustRun(["gcc", "-O2", "-shared", "-fPIC", "-fvisibility=hidden", "-w", "-o", driver, source]);
  const server = spawn("Xvfb", ["-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [number] = await once(server.stdout, "data");
  const node = `:${String(number).trim()}`;
  return {
    node,
    env: (fail) => ({
      ...{ DISPLAY: node, LIBVA_DRIVER_NAME: "pcm", LIBVA_DRIVERS_PATH: folder.path },
      ...{ VA_PCM_FAIL: fail },
    }),
    stop: async () => {
      const closed = once(server, "close");
      server.kill();
      await closed;
      folder.remove();
    },
  };
}
