import type { StreamRecordings } from "../../recordings/segment.ts";
import type { Headers } from "../http/answer.ts";
import type { Exchange } from "../http/exchange.ts";

/** Somebody who was let in asks for something of a stream's. */
export interface Asked {
  readonly name: string;
  readonly exchange: Exchange;
  readonly headers: Headers;
}

/** The same of its recording. */
export interface AskedRecording extends Asked {
  readonly recordings: StreamRecordings;
}

/** With `?download`, a browser keeps the file instead of playing it. */
export function disposition({ name, exchange }: Asked, file: string): Headers {
  if (!new URLSearchParams(exchange.target.query).has("download")) return {};
  return { "Content-Disposition": `attachment; filename="${name}-${file}"` }; // both are letters and digits of ASCII
}
