import type { Transport } from "./address.ts";

/**
 * Over HTTP/1.1 a browser opens six connections to a server, for all its tabs, and among them are not WebSockets. A proxy may
 * speak HTTP/2 or 3, which have no such limit: there HTTP, since it says why it refuses.
 * @param protocol how the page itself came: "h2", "http/1.1" (ALPN's names)
 */
export function chooseTransport(protocol: string): Transport {
  return protocol === "h2" || protocol === "h3" ? "fetch" : "websocket";
}

/** How this page came; empty where the browser does not say. */
export function pageProtocol(): string {
  const [navigation] = performance.getEntriesByType("navigation");
  return navigation instanceof PerformanceNavigationTiming ? navigation.nextHopProtocol : "";
}
