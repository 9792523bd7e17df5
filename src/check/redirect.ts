import type { Faults } from "./faults.ts";
import { headerOf, type ResponseHead } from "./http-head.ts";
import { shownUrl } from "./shown-url.ts";

/** Where a redirect leads; null, with a finding, where it leads nowhere. User and password stay with their server. */
export function redirectTarget(from: URL, head: ResponseHead, faults: Faults): URL | null {
  const location = headerOf(head, "location") ?? "";
  const target = location === "" ? null : parsed(location, from);
  if (target === null || !/^https?:$/.test(target.protocol)) {
    const why = location === "" ? "without Location" : "Location is no HTTP URL";
    faults.report("http-redirect-broken", `${head.status}, ${why}`);
    return null;
  }
  faults.report("http-redirected", `${head.status} to ${shownUrl(target)}`);
  if (from.protocol === "https:" && target.protocol === "http:")
    faults.report("http-redirect-downgrade", `to ${shownUrl(target)}`);
  if (target.origin === from.origin && target.username === "") {
    target.username = from.username;
    target.password = from.password;
  }
  return target;
}

function parsed(location: string, base: URL): URL | null {
  try {
    return new URL(location, base);
  } catch {
    return null; // the caller says so
  }
}
