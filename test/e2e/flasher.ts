import { fileURLToPath } from "node:url";
import { mustRun } from "../run.ts";

const source = fileURLToPath(new URL("flash-and-beep.c", import.meta.url));

/** Programs without which there is no flasher, or nothing for it to flash on. */
export const flasherNeeds: readonly string[] = ["gcc", "Xvfb", "pulseaudio", "pactl"];

/** Compiles the program that paints the screen white at the instant at which its beep is played. */
export async function buildFlasher(path: string): Promise<void> {
  await mustRun(["gcc", "-O2", "-Wall", "-o", path, source, "-lX11", "-lpulse-simple", "-lpulse", "-lm"]);
}
