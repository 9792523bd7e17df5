import type { Camera, Microphone } from "../../src/devices/device.ts";
import { flvcast } from "./cast.ts";
import type { CommandOptions, End } from "./command.ts";
import type { Guest } from "./guest.ts";

/** What `flvcast devices --json` tells. */
export interface Listing {
  readonly cameras: readonly Camera[];
  readonly microphones: readonly Microphone[];
}

export async function devices(
  guest: Guest,
  args: readonly string[] = [],
  options: CommandOptions = {},
): Promise<End> {
  return await guest.run([...flvcast, "devices", ...args], { user: "cam", ...options });
}

export async function listing(guest: Guest, options: CommandOptions = {}): Promise<Listing> {
  const { stdout, stderr, exitCode } = await devices(guest, ["--json"], options);
  if (exitCode !== 0) throw new Error(`flvcast devices: exit ${exitCode}\n${stderr}`);
  return JSON.parse(stdout) as Listing; // the program's own types
}
