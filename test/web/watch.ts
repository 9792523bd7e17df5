import { vi } from "vitest";
import { readAddress } from "../../src/web/address.ts";
import { Site } from "../../src/web/site.ts";
import { WatchPage } from "../../src/web/watch-page.ts";
import { byClass, FakeElement, fake, isCalled } from "./dom.ts";
import { installBrowser, settle, stream } from "./server.ts";
import { audioConfig, key, videoConfig } from "./stream.ts";
import { FakeFrame } from "./webcodecs.ts";

type Browser = ReturnType<typeof installBrowser>;

export const withSound = () => stream([videoConfig, audioConfig, key(0)], true);

/** As much of a browser as the page of a stream uses, until `leaveBrowser()`. */
export function installWatchBrowser(): Browser {
  vi.stubGlobal("self", "this page");
  vi.stubGlobal("top", "this page");
  for (const name of ["Button", "Input", "Select", "TextArea", "Video"])
    vi.stubGlobal(`HTML${name}Element`, FakeFrame); // none of the page's here
  vi.stubGlobal("HTMLCanvasElement", FakeElement);
  return installBrowser();
}

/** The page of a stream, as it is once the server has answered. */
export async function openWatchPage({ server }: Browser, query = "", live: () => Response = withSound) {
  server.live = live;
  const kept: Record<string, string> = {};
  const storage = {
    getItem: (name: string) => kept[name] ?? null,
    setItem: (name: string, value: string) => void (kept[name] = value),
    removeItem: (name: string) => void delete kept[name],
  };
  const address = readAddress(new URL(`http://cam/watch/cam0?transport=fetch${query}`));
  const site = new Site(address, address.token, storage);
  const page = new WatchPage(site, "cam0");
  const { element } = page;
  site.pollStreams((answer) => page.take(answer));
  await settle();
  const buttons = () => fake(element).all.filter(({ tag }) => tag === "button");
  const press = (label: string) =>
    buttons()
      .find((button) => isCalled(button, label))
      ?.click();
  const seen = (name: string) => byClass(element, name).isSeen;
  return { page, element, kept, press, seen, situation: () => element.dataset["situation"] };
}

/** A frame comes out of the decoder, and is drawn. */
export async function showPicture({ codecs }: Browser): Promise<void> {
  codecs.video.at(-1)?.give(new FakeFrame(0));
  await vi.advanceTimersByTimeAsync(20);
}
