import type { Transport } from "./address.ts";

export interface PageFacts {
  /** How the page itself came: "h2", "http/1.1" (ALPN's names). */
  readonly protocol: string;
  readonly players: number;
  /** In a frame: beside others of the same server, as far as one can know. */
  readonly isFramed: boolean;
}

/** Over HTTP/1.1 a browser opens six connections to a server, for all its tabs: so many streams, and nothing else loads. */
const MAX_HTTP1_STREAMS = 2;

/** HTTP where it can be had, since it says why it refuses; WebSockets are not counted among the six connections. */
export function chooseTransport({ protocol, players, isFramed }: PageFacts): Transport {
  const isMultiplexed = protocol === "h2" || protocol === "h3";
  return isMultiplexed || (players <= MAX_HTTP1_STREAMS && !isFramed) ? "fetch" : "websocket";
}

/** How this page came; empty where the browser does not say. */
export function pageProtocol(): string {
  const [navigation] = performance.getEntriesByType("navigation");
  return navigation instanceof PerformanceNavigationTiming ? navigation.nextHopProtocol : "";
}
