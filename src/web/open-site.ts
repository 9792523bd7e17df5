import { readAddress, withoutToken } from "./address.ts";
import { Site } from "./site.ts";
import { browserStorage, takeToken } from "./storage.ts";

/** The server of the page that is open, with the token from its address or from the visit before. */
export function openSite(): Site {
  const here = new URL(location.href);
  const address = readAddress(here);
  const storage = browserStorage();
  const { token, isKept } = takeToken(address.token, storage);
  // Only where a reload finds the token again.
  if (address.token !== null && isKept) history.replaceState(null, "", withoutToken(here));
  return new Site(address, token, storage);
}
