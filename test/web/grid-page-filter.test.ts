import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { byClass, byLabel, FakeDocument } from "./dom.ts";
import { type GridBrowser, installGrid, leaveGrid, named, openGrid, poll } from "./grid.ts";
import { leaveBrowser, onAir, settle } from "./server.ts";

let browser: GridBrowser;
beforeEach(() => void (browser = installGrid()));
afterEach(() => leaveGrid(browser));

const many = [
  ...named("front-door", "back-door", "yard"),
  { ...onAir, name: "roof", state: "waiting" as const },
  { ...onAir, name: "barn", state: "degraded" as const },
];

/** The page of five streams, opened at an address. */
async function open(address = "http://cam/", streams = many) {
  leaveBrowser();
  browser = installGrid(address);
  browser.server.streams = streams;
  const grid = await openGrid(browser);
  const field = byLabel(grid.element, "Filter streams");
  const type = (text: string) => {
    field.value = text;
    field.tell("input");
  };
  const press = (key: string, details: object = {}) => browser.document.tell("keydown", { key, ...details });
  const shortcut = (name: string) => byClass(grid.element, name);
  return { ...grid, field, type, press, shortcut, isFocused: () => field.attributes.has("focused") };
}

describe("the filter", () => {
  it("shows the tiles that match, says how many, and stands in the address", async () => {
    const { tiles, type, count, setInView, tile } = await open("http://cam/?clock");
    expect(count()).toBe("5 streams");
    type("Door ");
    expect(tiles()).toEqual(["front-door", "back-door"]);
    expect(count()).toBe("2 of 5 streams");
    expect(browser.location.href).toBe("http://cam/?clock=&filter=Door");
    setInView(true, 1);
    await settle();
    const back = tile(1);
    type("");
    expect([tiles().length, count(), tile(1) === back]).toEqual([5, "5 streams", true]);
    expect(browser.location.href).toBe("http://cam/?clock=");
  });

  it("is found in the address again, and applies to what comes later", async () => {
    const { tiles, field, count } = await open("http://cam/?filter=yard,roof,gate");
    expect([field.value, tiles(), count()]).toEqual(["yard,roof,gate", ["yard", "roof"], "2 of 5 streams"]);
    browser.server.streams = [...many, ...named("gate", "gate2")];
    await poll();
    expect([tiles(), count()]).toEqual([["yard", "roof", "gate"], "3 of 7 streams"]);
  });

  it.each([
    ["four streams", many.slice(1), "", false],
    ["five", many, "", true],
    ["four, and a filter that is set", many.slice(1), "?filter=yard", true],
  ])("has its field where there are %s", async (_, streams, query, isSeen) => {
    const { field } = await open(`http://cam/${query}`, streams);
    expect(field.isSeen).toBe(isSeen);
  });

  it("that nothing matches says so, and can be cleared there", async () => {
    const { element, tiles, type } = await open();
    const none = byClass(element, "grid-no-match");
    expect(none.isSeen).toBe(false);
    type("cellar");
    expect([none.isSeen, none.children[0]?.textContent]).toEqual([true, 'No stream matches "cellar".']);
    byLabel(none, "Clear filter").click();
    expect([none.isSeen, tiles().length, browser.location.href]).toEqual([false, 5, "http://cam/"]);
  });

  it("has the focus after /, and is cleared by Esc", async () => {
    const { press, isFocused, type, tiles } = await open();
    press("/", { ctrlKey: true });
    expect(isFocused()).toBe(false);
    expect(press("/").defaultPrevented).toBe(true);
    expect(isFocused()).toBe(true);
    vi.stubGlobal("HTMLInputElement", FakeDocument); // as if the keys came from a field
    expect(press("/").defaultPrevented).toBe(false);
    type("yard");
    press("Escape");
    expect([isFocused(), tiles().length]).toEqual([false, 5]);
    press("Escape"); // nothing left to clear
    expect(browser.location.href).toBe("http://cam/");
  });

  it("leaves the keys alone where it has no field, and on a page that was left", async () => {
    const few = await open("http://cam/", many.slice(1));
    expect([few.press("/").defaultPrevented, few.isFocused()]).toEqual([false, false]);
    const { page, press, isFocused } = await open();
    page.close();
    expect([press("/").defaultPrevented, isFocused()]).toEqual([false, false]);
  });

  it("is set by pressing how many wait or have a problem, and cleared by pressing it again", async () => {
    const { shortcut, tiles } = await open();
    const [waiting, problem] = [shortcut("waiting"), shortcut("problem")];
    expect([waiting.textContent, problem.textContent]).toEqual(["1 waiting", "1 problem"]);
    problem.click();
    expect([tiles(), problem.attributes.get("aria-pressed")]).toEqual([["barn"], "true"]);
    browser.server.streams = many.map((one) => ({ ...one, state: "on-air" as const }));
    await poll();
    expect([waiting.isSeen, problem.isSeen, problem.textContent]).toEqual([false, true, "0 problems"]);
    problem.click();
    expect([tiles().length, problem.isSeen]).toEqual([5, false]);
  });
});
