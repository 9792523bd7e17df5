import { spawn } from "node:child_process";
import { once } from "node:events";
import { Readable } from "node:stream";

/** An X11 display with something moving on it. */
export interface Screen {
  /** For the environment variable DISPLAY. */
  readonly display: string;
  stop(): Promise<void>;
}

/** Starts Xvfb on a display number that it picks itself, and a terminal that never stops printing. */
export async function startScreen(size: string): Promise<Screen> {
  const server = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", `${size}x24`, "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const display = `:${await firstLine(server.stdio[3])}`;
  const print = 'i=0; while :; do i=$((i+1)); date +"%T.%N line $i"; sleep 0.05; done';
  const terminal = spawn("xterm", ["-geometry", "120x40+40+40", "-e", "sh", "-c", print], {
    stdio: "ignore",
    env: { ...process.env, DISPLAY: display },
  });
  return {
    display,
    stop: async () => {
      for (const child of [terminal, server]) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const closed = once(child, "close");
        child.kill();
        await closed;
      }
    },
  };
}

async function firstLine(stream: unknown): Promise<string> {
  if (!(stream instanceof Readable)) throw new Error("Xvfb: no pipe for its display number");
  let text = "";
  for await (const chunk of stream.setEncoding("utf8")) {
    text += String(chunk);
    if (text.includes("\n")) return text.trim();
  }
  throw new Error("Xvfb ended before it named its display");
}
