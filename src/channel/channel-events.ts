import { type LogEvent, notice, warning } from "../log.ts";
import type { ChannelPlan } from "./channel-plan.ts";
import { encodedDespiteCopy } from "./session-events.ts";

/** What was done in another way than asked for; of interest only where the stream goes on. */
export function fallbackEvents({ processes, encoder }: ChannelPlan, copy: boolean): readonly LogEvent[] {
  const encoded = copy ? processes.flatMap(encodedDespiteCopy) : [];
  if (encoder === null) return encoded;
  const { name } = encoder.chosen.encoder;
  return [
    ...encoded,
    ...(encoder.isFallback ? [notice("encoder-selected", encoder.reason, { encoder: name })] : []),
    ...(encoder.warning === undefined
      ? []
      : [warning("encoder-limited", encoder.warning, { encoder: name })]),
  ];
}

/** Of those who watch `name`, one has come or gone. */
export function viewerEvent(
  change: "joined" | "left",
  name: string,
  address: string,
  viewers: number,
): LogEvent {
  const text = `viewer ${change} "${name}": ${address} (${viewers === 1 ? "1 viewer" : `${viewers} viewers`} now)`;
  return { level: "debug", event: `viewer-${change}`, text, fields: { name, address, viewers } };
}
