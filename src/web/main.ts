import { readAddress, withoutToken } from "./address.ts";
import { GridPage } from "./grid-page.ts";
import { Site } from "./site.ts";
import { browserStorage, takeToken } from "./storage.ts";
import { WatchPage } from "./watch-page.ts";

const here = new URL(location.href);
const address = readAddress(here);
const storage = browserStorage();
const { token, isKept } = takeToken(address.token, storage);
// Only where a reload finds the token again.
if (address.token !== null && isKept) history.replaceState(null, "", withoutToken(here));

const site = new Site(address, token, storage);
const { view } = address;
if (view.kind === "watch") document.title = `${view.name} · flvcast`;
const page = view.kind === "watch" ? new WatchPage(site, view.name) : new GridPage(site);
document.body.append(page.element);
