import { request } from "node:http";

export interface CommandOptions {
  /** `cam` is in the groups video and audio, `tester` in none, `root` may all. */
  readonly user?: "root" | "cam" | "tester";
  readonly env?: Readonly<Record<string, string>>;
  /** When to lose patience and end it. */
  readonly killAfterMs?: number;
}

/** How a command in the guest ended, and all that it wrote. */
export interface End {
  /** Null where a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** One command in the guest; guest/agent.js runs it. */
export class Command {
  readonly ended: Promise<End>;
  readonly #agentPort: number;
  readonly #hangUp: () => void;
  #pid = 0;
  #stdout = "";
  #stderr = "";
  #exitCode: number | null | undefined;
  #wake: () => void = () => undefined;

  constructor(agentPort: number, command: readonly string[], options: CommandOptions) {
    this.#agentPort = agentPort;
    const { user = "root", env = {}, killAfterMs = 300_000 } = options;
    const startMs = performance.now();
    const asking = request({
      port: agentPort,
      host: "127.0.0.1",
      path: "/run",
      method: "POST",
      agent: false,
    });
    this.#hangUp = () => asking.destroy();
    const patience = setTimeout(this.#hangUp, killAfterMs);
    this.ended = new Promise((resolve, reject) => {
      asking.on("error", reject);
      asking.on("response", (response) => {
        let unfinished = "";
        response.setEncoding("utf8").on("data", (text: string) => {
          const lines = `${unfinished}${text}`.split("\n");
          unfinished = lines.pop() ?? "";
          lines.forEach((line) => this.#hear(line));
        });
        response.on("error", reject);
        response.on("close", () => {
          const { stdout, stderr } = this;
          if (this.#exitCode === undefined)
            reject(new Error(`hung up: ${command.join(" ")}\n${stdout}${stderr}`));
          else resolve({ exitCode: this.#exitCode, stdout, stderr, ms: performance.now() - startMs });
        });
      });
    });
    // Who waits for the end hears of a failure; who does not has ended it.
    this.ended
      .catch(() => undefined)
      .finally(() => {
        clearTimeout(patience);
        this.#wake();
      });
    asking.end(JSON.stringify({ command, user, env }));
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  get pid(): number {
    return this.#pid;
  }

  /** Waits until it has written a whole line that matches, `after` so much of its stderr. @throws when it ends without */
  async hasSaid(pattern: RegExp, after = 0): Promise<string> {
    const isOver = this.ended.then(() => true);
    for (;;) {
      const line = (after === 0 ? `${this.#stdout}\n${this.#stderr}` : this.#stderr.slice(after))
        .split("\n")
        .find((one) => pattern.test(one));
      if (line !== undefined) return line;
      if (this.#exitCode !== undefined)
        throw new Error(`ended without ${pattern}: ${JSON.stringify(await this.ended)}`);
      const woken = new Promise<boolean>((resolve) => (this.#wake = () => resolve(false)));
      await Promise.race([woken, isOver]);
    }
  }

  /** SIGTERM to it alone, and how it ended. */
  async stop(): Promise<End> {
    const body = JSON.stringify({ pid: this.#pid, signal: "SIGTERM" });
    await fetch(`http://127.0.0.1:${this.#agentPort}/kill`, { method: "POST", body });
    return await this.ended;
  }

  /** Ends it and all that it started, at once. */
  end(): void {
    this.#hangUp();
  }

  #hear(line: string): void {
    // The agent's own lines: guest/agent.js
    const said = JSON.parse(line) as {
      pid?: number;
      stdout?: string;
      stderr?: string;
      exitCode?: number | null;
    };
    this.#pid = said.pid ?? this.#pid;
    this.#stdout += said.stdout ?? "";
    this.#stderr += said.stderr ?? "";
    if (said.exitCode !== undefined) this.#exitCode = said.exitCode;
    this.#wake();
  }
}
