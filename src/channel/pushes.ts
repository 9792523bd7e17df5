import { redactor } from "../devices/redact.ts";
import { type LogEvent, notice, warning } from "../log.ts";
import type { Demand } from "../outputs/demand.ts";
import type { FanOut } from "../outputs/fan-out.ts";
import { pushOpener } from "../outputs/push/open.ts";
import { PushOutput } from "../outputs/push/push-output.ts";
import { type PushTarget, serviceOf } from "../outputs/push/target.ts";
import type { ChannelSettings } from "../settings/settings.ts";
import type { StreamStatus } from "../stream.ts";
import { LagWatch } from "../system/lag-watch.ts";
import { LookUps } from "../system/look-ups.ts";
import { version } from "../version.ts";

export interface PushesOptions {
  readonly name: string;
  readonly outputs: FanOut;
  readonly watching: Demand;
  readonly demand: Demand;
  readonly network: PushNetwork;
  readonly onNotice: (event: LogEvent) => void;
}

export interface PushNetwork {
  readonly lagWatch: LagWatch;
  readonly lookUps: LookUps;
}

export function pushNetwork(): PushNetwork {
  return { lagWatch: new LagWatch(), lookUps: new LookUps() };
}

type Settings = Pick<ChannelSettings, "push" | "viewers" | "video">;

/** As encoders for Flash Media Server call themselves: some services go by it. */
const PROGRAM = `FMLE/3.0 (compatible; flvcast ${version})`;

/** The servers that a channel is sent to, and what is told of them. */
export class Pushes {
  readonly #options: PushesOptions;
  readonly #output: PushOutput;
  #isAdded = false;
  #targets: readonly PushTarget[] = [];

  constructor(options: PushesOptions) {
    const { name, watching, demand, network, onNotice } = options;
    this.#options = options;
    this.#output = new PushOutput({
      ...{ name, watching, demand, lagWatch: network.lagWatch },
      open: pushOpener(network.lookUps, PROGRAM),
      redactor: ({ url }) => redactor(url, [url.slice(url.lastIndexOf("/") + 1)]),
      onUp: ({ shown: target }) => onNotice(notice("push-up", `pushing to ${target}`, { target })),
      onUnlisted: ({ shown: target }, codecs) => {
        const named = codecs.join(" and ");
        const text = `${target} does not list ${named} among its codecs, and may show nothing`;
        onNotice(warning("push-codec", text, { target, codecs: codecs.join(", ") }));
      },
      onDown: ({ shown: target }, why, retryMs) => {
        const text = `cannot push to ${target}: ${why}; retrying in ${(retryMs / 1000).toFixed(1)} s`;
        onNotice(warning("push-down", text, { target, why, retryMs }));
      },
    });
  }

  get statuses(): StreamStatus["pushes"] {
    return this.#output.statuses();
  }

  /** Sends to these from now on; the same ones as before see nothing of it. */
  set({ push, viewers, video }: Settings): void {
    const known = this.#targets.map(({ url }) => url);
    for (const target of push) if (!known.includes(target.url)) this.#advise(target, video);
    this.#targets = push;
    this.#output.setTargets(push, viewers);
    if (push.length > 0 && !this.#isAdded) {
      this.#isAdded = true;
      this.#options.outputs.add(this.#output, { isCounted: false });
    }
  }

  /** What a service asks of a stream that is encoded here. */
  #advise({ url, shown: target }: PushTarget, { copy, gopSeconds }: Settings["video"]): void {
    const service = serviceOf(url);
    const { name = "", maxKeySeconds = null } = service ?? {};
    if (maxKeySeconds === null || copy || gopSeconds <= maxKeySeconds) return;
    const text = `${name} wants a key frame at least every ${maxKeySeconds} s: use --gop ${maxKeySeconds} (now ${gopSeconds})`;
    this.#options.onNotice(warning("push-key-frames", text, { target }));
  }
}
