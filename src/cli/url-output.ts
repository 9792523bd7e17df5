import type { OnAir } from "../channel/description.ts";
import { exitCodes, UserError } from "../errors.ts";
import type { LogEvent } from "../log.ts";
import type { StreamHandle } from "../stream.ts";
import type { Io } from "./command.ts";
import { writeWithoutWaiting } from "./line-output.ts";

/** Writes to stdout, and tells then why it could not be, in the system's word: `EPIPE`; null when it is out. */
function write(stdout: Io["stdout"], text: string, onWritten: (reason: string | null) => void): void {
  stdout.write(text, (error?: NodeJS.ErrnoException | null) =>
    onWritten(error ? (error.code ?? error.message) : null),
  );
}

/** Prints the URL of a stream that another process runs. @throws UserError when it cannot be printed */
export async function printUrl({ stdout }: Io, name: string, text: string): Promise<void> {
  const reason = await new Promise<string | null>((resolve) => write(stdout, `${text}\n`, resolve));
  if (reason !== null) throw new UserError("failure", urlLost(name, reason));
}

/** A stream with the token that its URLs need. */
export function withToken(onAir: OnAir, stream: Pick<StreamHandle, "withToken">): OnAir {
  const [url, pageUrl] = [stream.withToken(onAir.url), stream.withToken(onAir.pageUrl)];
  return { ...onAir, url, pageUrl, urls: onAir.urls.map((one) => stream.withToken(one)) };
}

/** The URLs of streams on stdout. A stream goes on whether they can be printed or not, and its exit code tells. */
export class UrlOutput {
  readonly #stdout: Io["stdout"];
  readonly #onLost: (event: LogEvent) => void;
  readonly #unread = new Set<string>();
  #isLost = false;

  constructor({ stdout }: Io, onLost: (event: LogEvent) => void) {
    this.#stdout = stdout;
    this.#onLost = onLost;
    writeWithoutWaiting(stdout);
  }

  /** @param name whose URL it is */
  write(name: string, text: string): void {
    this.#unread.add(name);
    write(this.#stdout, `${text}\n`, (reason) => {
      if (this.#unread.delete(name) && reason !== null) this.#lose(name, reason);
    });
  }

  /** What is not read by now is lost. Returns the exit code of a stream that ended well. */
  end(): number {
    for (const name of this.#unread) this.#lose(name, "nothing reads it");
    this.#unread.clear();
    return this.#isLost ? exitCodes.failure : exitCodes.ok;
  }

  #lose(name: string, reason: string): void {
    this.#isLost = true;
    const text = urlLost(name, reason);
    this.#onLost({ level: "error", event: "url-not-printed", text, fields: { name, reason } });
  }
}

function urlLost(name: string, reason: string): string {
  return `cannot print the URL of "${name}" (${reason}). To print it again: flvcast url ${name}`;
}
