import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Hub } from "../../outputs/live/hub.ts";
import { version } from "../../version.ts";
import { type Measured, type Series, series } from "./series.ts";

export type { Measured } from "./series.ts";

/** What is told of this process, whatever it does: its event loop, memory and time. Measured from the first reading on. */
const ofProcess = new Registry();
let isProcessMeasured = false;

const LAG_BUCKETS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10];

/** All that is counted, as Prometheus reads it (text format 0.0.4). Nothing is measured for it before it is first made. */
export class Metrics {
  readonly #measured: () => readonly Measured[];
  readonly #registry = new Registry();
  readonly #lag: Histogram<"stream">;
  readonly #lookedAt = new WeakSet<Hub>();

  constructor(measured: () => readonly Measured[]) {
    this.#measured = measured;
    const registers = [this.#registry];
    new Gauge({ name: "flvcast_build_info", help: "1", labelNames: ["version"], registers }).set(
      { version },
      1,
    );
    for (const one of series) this.#register(one);
    this.#lag = new Histogram({
      name: "flvcast_viewer_lag_seconds",
      help: "Media that a viewer had not acknowledged, sampled per viewer; more than --max-lag counts as --max-lag",
      labelNames: ["stream"],
      buckets: LAG_BUCKETS_SECONDS,
      registers,
    });
    measureProcess();
    this.#look();
  }

  async read(): Promise<{ readonly contentType: string; readonly text: string }> {
    this.#look();
    const texts = await Promise.all([this.#registry.metrics(), ofProcess.metrics()]);
    return { contentType: this.#registry.contentType, text: texts.join("\n") };
  }

  #register({ kind, name, help, labels = [], read }: Series): void {
    const options = {
      name: `flvcast_${name}`,
      help,
      labelNames: ["stream", ...labels],
      registers: [this.#registry],
    };
    const all = () => this.#measured().flatMap((measured) => labelled(measured, read));
    if (kind === "gauge") {
      const gauge: Gauge = new Gauge({
        ...options,
        collect: () => {
          gauge.reset();
          for (const [of, value] of all()) gauge.set(of, value);
        },
      });
    } else {
      const counter: Counter = new Counter({
        ...options,
        collect: () => {
          counter.reset(); // the count is kept elsewhere
          for (const [of, value] of all()) counter.inc(of, value);
        },
      });
    }
  }

  /** Hears of every look at a viewer from now on. */
  #look(): void {
    for (const { hub } of this.#measured()) {
      if (hub === null || this.#lookedAt.has(hub)) continue;
      this.#lookedAt.add(hub);
      const { name, maxLagMs } = hub;
      this.#lag.zero({ stream: name }); // or Prometheus would not see the first ones as an increase
      // What is too old to be known is longer than that, too.
      hub.onLook((lagMs) => this.#lag.observe({ stream: name }, Math.min(lagMs, maxLagMs) / 1000));
    }
  }
}

type Labelled = readonly [Readonly<Record<string, string>>, number];

function labelled(measured: Measured, read: Series["read"]): readonly Labelled[] {
  const values = read(measured);
  const list = values === null || typeof values === "number" ? [[{}, values] as const] : values;
  const stream = measured.status.name;
  return list.flatMap(([labels, value]): Labelled[] =>
    value === null ? [] : [[{ stream, ...labels }, value]],
  );
}

function measureProcess(): void {
  if (isProcessMeasured) return;
  isProcessMeasured = true;
  collectDefaultMetrics({ register: ofProcess });
  // Sums of what stands beside them, under names that only counters have: promtool finds fault with them.
  for (const what of ["handles", "requests", "resources"])
    ofProcess.removeSingleMetric(`nodejs_active_${what}_total`);
}
