import { HomePage } from "./home-page.ts";
import { openSite } from "./open-site.ts";
import { hasWebCodecs } from "./support.ts";
import { WatchPage } from "./watch-page.ts";

const site = openSite();
const { view, options } = site.address;
// mpegts.js is most of the page's code: it is fetched while the stream is being opened.
if (options.player === "mse" || !hasWebCodecs()) import("./mse-player.ts").catch(() => undefined);
const page = view.kind === "watch" ? new WatchPage(site, view.name) : new HomePage(site);
document.body.replaceChildren(page.element);
site.pollStreams((answer) => page.take(answer));
