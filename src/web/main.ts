import { readAddress, withoutToken } from "./address.ts";
import { HomePage } from "./home-page.ts";
import { Site } from "./site.ts";
import { browserStorage, takeToken } from "./storage.ts";
import { hasWebCodecs } from "./support.ts";
import { WatchPage } from "./watch-page.ts";

const here = new URL(location.href);
const address = readAddress(here);
const storage = browserStorage();
const { token, isKept } = takeToken(address.token, storage);
// Only where a reload finds the token again.
if (address.token !== null && isKept) history.replaceState(null, "", withoutToken(here));

const site = new Site(address, token, storage);
const { view } = address;
// mpegts.js is most of the page's code: it is fetched while the stream is being opened.
if (address.options.player === "mse" || !hasWebCodecs()) import("./mse-player.ts").catch(() => undefined);
const page = view.kind === "watch" ? new WatchPage(site, view.name) : new HomePage(site);
document.body.replaceChildren(page.element);
site.pollStreams((answer) => page.take(answer));
