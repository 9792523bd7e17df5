import { readFileSync } from "node:fs";

/** Time as it passes for processes that always get a processor: on a busy machine, what they wait for one is left out. */
export class OwnTime {
  readonly #pids: readonly number[];
  readonly #sinceMs = performance.now();
  readonly #waitedBeforeMs: number;
  #waitedMs = 0;

  /** @param pid a process under test; this one counts as well */
  constructor(pid: number) {
    this.#pids = [pid, process.pid];
    this.#waitedBeforeMs = this.#totalMs();
  }

  /** Milliseconds since it was made. */
  get ms(): number {
    this.#waitedMs = Math.max(this.#waitedMs, this.#totalMs() - this.#waitedBeforeMs); // one that has gone tells nothing
    return Math.max(0, Math.round(performance.now() - this.#sinceMs - this.#waitedMs));
  }

  #totalMs(): number {
    return this.#pids.reduce((sum, pid) => sum + waitedMs(pid), 0);
  }
}

/** What a process's main thread has waited for a processor: proc(5), the second number of /proc/pid/schedstat, in ns. */
function waitedMs(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, "latin1").split(" ")[1]) / 1e6;
  } catch {
    return 0; // it has gone
  }
}
