import { constants } from "node:os";
import type { Io } from "./command.ts";
import type { RunningStream } from "./start.ts";

const stopSignals = ["SIGHUP", "SIGINT", "SIGTERM"] as const;

/** The exit code of a forced end as shells give it. */
export const forcedExitCode = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];

/** The first signal stops the stream in order, the second at once. */
export class Signals {
  readonly #io: Io;
  readonly #stream: Pick<RunningStream, "stop" | "kill">;
  #received = 0;

  constructor(io: Io, stream: Pick<RunningStream, "stop" | "kill">) {
    this.#io = io;
    this.#stream = stream;
    for (const signal of stopSignals) io.on(signal, this.#onSignal);
  }

  release(): void {
    for (const signal of stopSignals) this.#io.off(signal, this.#onSignal);
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    this.#received += 1;
    if (this.#received === 1)
      void this.#stream.stop(); // how it went is what `ended` says
    else {
      this.#stream.kill();
      this.#io.exit(forcedExitCode(signal));
    }
  };
}
