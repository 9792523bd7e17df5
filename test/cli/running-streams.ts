import { main } from "../../src/cli/main.ts";
import { type Control, type Controllable, serveControl } from "../../src/control/serve.ts";
import type { StreamRecordings } from "../../src/recordings/segment.ts";
import type { Clip, Still, StreamStatus } from "../../src/stream.ts";
import { someStatus } from "../control/some-status.ts";
import { freshStateFolder } from "../state-folder.ts";
import { FakeIo } from "./fake-io.ts";

/** A stream that runs, as other processes see it; it is over as soon as it is asked to stop. */
class FakeStream implements Controllable {
  recordings: StreamRecordings | null = null;
  clipped: Clip = { kind: "none" };
  readonly name: string;
  readonly calls: string[] = [];
  changes: Partial<StreamStatus> = {};
  picture: Still = { kind: "jpeg", bytes: Buffer.from("ffd8ffd9", "hex"), takenMs: 7 };
  readonly #onStop: () => void;

  constructor(name: string, onStop: () => void) {
    this.name = name;
    this.#onStop = onStop;
  }

  status(): StreamStatus {
    return { ...someStatus, name: this.name, ...this.changes };
  }

  clip(lastMs: number): Clip {
    this.calls.push(`clip ${lastMs}`);
    return this.clipped;
  }

  publishAt() {
    return null;
  }

  withToken(url: string): string {
    return `${url}?token=secret`;
  }

  async still(): Promise<Still> {
    return this.picture;
  }

  async stop(): Promise<void> {
    this.calls.push("stop");
    setImmediate(this.#onStop);
  }

  async restart(): Promise<void> {
    this.calls.push("restart");
  }
}

/** The streams of one folder, and the commands that ask them. */
export class RunningStreams {
  readonly folder = freshStateFolder();
  readonly #controls = new Map<string, Control>();

  async add(
    name: string,
    changes: Partial<StreamStatus> = {},
    options: Readonly<Record<string, string>> = {},
  ): Promise<FakeStream> {
    const stream = new FakeStream(name, () => void this.#end(name));
    stream.changes = changes;
    this.#controls.set(
      name,
      await serveControl({
        name,
        folder: this.folder,
        target: stream,
        options,
      }),
    );
    return stream;
  }

  get env(): Record<string, string> {
    return { RUNTIME_DIRECTORY: this.folder };
  }

  /** Runs `flvcast` with these arguments. */
  async run(argv: readonly string[], io = new FakeIo()) {
    const code = await main(argv, this.env, io.asIo);
    return { code, stdout: io.stdout.text, stderr: io.stderr.text };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#controls.keys()].map((name) => this.#end(name)));
  }

  async #end(name: string): Promise<void> {
    const control = this.#controls.get(name);
    this.#controls.delete(name);
    await control?.close();
  }
}
