import { openSite } from "../open-site.ts";
import { RecordingsPage } from "./recordings-page.ts";

const site = openSite();
const { view } = site.address;
const page = new RecordingsPage(site, view.kind === "home" ? "" : view.name);
document.body.replaceChildren(page.element);
site.pollStreams((answer) => page.take(answer));
