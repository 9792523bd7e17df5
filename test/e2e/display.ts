import { spawn } from "node:child_process";
import { once } from "node:events";

/** An X server without a screen. */
export interface Display {
  /** For the environment variable DISPLAY. */
  readonly name: string;
  stop(): Promise<void>;
}

/** Starts Xvfb on a display number that it picks itself, or by a name that it had before. */
export async function startDisplay(size: string, name?: string): Promise<Display> {
  const chosen = name === undefined ? [] : [name];
  const flags = ["-displayfd", "1", "-screen", "0", `${size}x24`, "-nolisten", "tcp"];
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
