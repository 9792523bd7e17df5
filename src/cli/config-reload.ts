import { type FSWatcher, watch } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import type { ServerConfig } from "../config/file.ts";
import { UserError } from "../errors.ts";
import { type LogEvent, warning } from "../log.ts";
import type { ServeSettings } from "../settings/serve-settings.ts";

export interface ConfigReloadOptions {
  /** @throws UserError with a line for all that is wrong */
  readonly read: () => Promise<ServerConfig>;
  /** @throws UserError where it cannot be: then all is as it was */
  readonly apply: (settings: ServeSettings) => Promise<void>;
  readonly onNotice: (event: LogEvent) => void;
  readonly settleMs?: number;
}

/** Editors write a file in several steps. */
const SETTLE_MS = 500;

/** Reads a server's file again: when it is asked to, and where it is watched, when it has changed. */
export class ConfigReload {
  readonly #options: ConfigReloadOptions;
  #watcher: FSWatcher | null = null;
  #settling: NodeJS.Timeout | undefined;

  constructor(options: ConfigReloadOptions) {
    this.#options = options;
  }

  /** @throws UserError where nothing has changed: what is wrong has been told */
  async reload(): Promise<void> {
    const { read, apply, onNotice } = this.#options;
    try {
      const { settings, warnings } = await read();
      for (const text of warnings) onNotice(warning("config-warning", text));
      await apply(settings);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      onNotice(refused(`configuration not reloaded, nothing has changed: ${error.message}`));
      for (const text of error.lastLines)
        onNotice({ level: "error", event: "config-fault", text, fields: {} });
      throw error;
    }
  }

  /** The same for those who hear of it by the log alone. */
  async try(): Promise<void> {
    await this.reload().catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
    });
  }

  /** From now on it is read again when its file changes, also when another one takes its place. */
  watch(path: string): void {
    const name = basename(path);
    this.#watcher = watch(dirname(resolve(path)), { persistent: false }, (_change, changed) => {
      if (changed !== null && changed !== name) return;
      clearTimeout(this.#settling);
      this.#settling = setTimeout(() => void this.try(), this.#options.settleMs ?? SETTLE_MS);
    });
    this.#watcher.on("error", () => this.close());
  }

  close(): void {
    clearTimeout(this.#settling);
    this.#watcher?.close();
  }
}

function refused(text: string): LogEvent {
  return { level: "error", event: "config-refused", text, fields: {} };
}
