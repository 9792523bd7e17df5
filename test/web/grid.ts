import { vi } from "vitest";
import { readAddress } from "../../src/web/address.ts";
import { GridPage } from "../../src/web/grid-page.ts";
import { Site } from "../../src/web/site.ts";
import { byClass, FakeElement, fake } from "./dom.ts";
import { installBrowser, leaveBrowser, onAir, settle } from "./server.ts";

interface Entry {
  readonly target: unknown;
  readonly isIntersecting: boolean;
}

/** As much of a browser as the page of all streams uses, until `leaveGrid()`. */
export function installGrid(address = "http://cam/") {
  const browser = installBrowser();
  const location = { href: address };
  const history = {
    state: null,
    replaceState: (_state: null, _title: string, url: URL) => void (location.href = url.href),
  };
  vi.stubGlobal("location", location);
  vi.stubGlobal("history", history);
  vi.stubGlobal("HTMLInputElement", FakeElement);
  vi.stubGlobal("getComputedStyle", () => ({ paddingBottom: "10px", rowGap: "10px" }));
  browser.document.documentElement.clientHeight = 720;
  const inView = new FakeInView();
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      constructor(look: (entries: readonly Entry[]) => void) {
        inView.look = look;
      }
      observe = (element: FakeElement) => inView.observed.push(element);
      unobserve = (element: FakeElement) => {
        inView.observed = inView.observed.filter((one) => one !== element);
      };
      disconnect = () => (inView.observed = []);
    },
  );
  return { ...browser, location, inView };
}

/** What the page watches for coming into view, and leaving it. */
class FakeInView {
  observed: FakeElement[] = [];
  look: (entries: readonly Entry[]) => void = () => undefined;
}

export type GridBrowser = ReturnType<typeof installGrid>;

export function leaveGrid({ inView }: GridBrowser): void {
  for (const target of inView.observed) inView.look([{ target, isIntersecting: false }]);
  leaveBrowser();
}

/** The page as it is once the server has answered. */
export async function openGrid({ inView }: GridBrowser, token: string | null = null) {
  const site = new Site(readAddress(new URL("http://cam/?transport=fetch")), token, null);
  const page = new GridPage(site);
  const { element } = page;
  site.pollStreams((answer) => page.take(answer));
  const list = byClass(element, "grid");
  const shown = () => list.children.filter(({ hidden }) => !hidden);
  const tiles = () => shown().map((tile) => byClass(tile, "tile-name").textContent);
  const tile = (at = 0) => list.children[at] ?? list;
  const notice = () => {
    const title = fake(element).all.findLast((one) => one.className === "notice-title");
    return title?.isSeen === true ? title.textContent : null;
  };
  const setInView = (isIntersecting: boolean, at = 0) => inView.look([{ target: tile(at), isIntersecting }]);
  const count = () => byClass(element, "grid-count").textContent;
  await settle();
  return { page, element, list, tiles, tile, notice, setInView, count };
}

/** What the API says next. */
export async function poll() {
  await vi.advanceTimersByTimeAsync(5000);
  await settle();
}

export const named = (...names: readonly string[]) => names.map((name) => ({ ...onAir, name }));
