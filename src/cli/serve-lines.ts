import type { Home } from "../app/public-server.ts";
import { type LogEvent, notice } from "../log.ts";
import type { StreamHandle } from "../stream.ts";
import type { LogRecord } from "./log-lines.ts";
import { stateWord } from "./status-table.ts";

/** An event as it is told where there are several streams: its line begins with the name of the one whose it is. */
export function inStream(event: LogEvent, stream: string | null): LogRecord {
  if (stream === null) return event;
  const { fields, text } = event;
  const isNamed = text.startsWith(`"${stream}"`);
  return { ...event, text: isNamed ? text : `"${stream}": ${text}`, fields: { ...fields, stream } };
}

/**
 * Who can watch, where that is anyone, and how to get the token, where it is not shown.
 * @param name by which `flvcast url` prints it
 */
export function accessEvents(home: Home | null, name: string, showsToken: boolean): readonly LogEvent[] {
  if (home === null) return [];
  if (!home.needsToken)
    return home.isPublic
      ? [notice("public-access", "anyone who can reach this machine can watch (--auth none)")]
      : [];
  const text = `the streams need a token; print the full URLs with: flvcast url ${name}`;
  return showsToken ? [] : [notice("token-hidden", text, { name })];
}

/** A stream's line on stdout, where the URL has its token or not. */
export interface StreamLine {
  readonly name: string;
  readonly text: string;
}

export interface LinesForm {
  readonly json: boolean;
  /** For a person: in columns, with what is not on the air. */
  readonly isTerminal: boolean;
  readonly showsToken: boolean;
}

export function streamLines(
  streams: readonly Pick<StreamHandle, "name" | "status" | "withToken">[],
  { json, isTerminal, showsToken }: LinesForm,
): readonly StreamLine[] {
  const width = Math.max(0, ...streams.map(({ name }) => name.length));
  return streams.map((stream) => {
    const { name } = stream;
    const status = stream.status();
    const shown = (url: string | null) => (url === null || !showsToken ? url : stream.withToken(url));
    const [url, pageUrl] = [shown(status.url), shown(status.pageUrl)];
    if (json) {
      const { state, codecs, size, encoder, pid } = status;
      const urls = status.urls.map((one) => shown(one));
      return { name, text: JSON.stringify({ name, state, url, pageUrl, urls, codecs, size, encoder, pid }) };
    }
    const state = status.state === "on-air" ? "" : `  (${stateWord(status)})`;
    const columns = isTerminal ? `${name.padEnd(width)}  ${url ?? "-"}${state}` : `${name}  ${url ?? "-"}`;
    return { name, text: columns };
  });
}
