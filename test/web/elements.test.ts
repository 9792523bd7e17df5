import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ClockOverlay } from "../../src/web/clock-overlay.ts";
import { make } from "../../src/web/elements.ts";
import { Notice } from "../../src/web/notice.ts";
import { SurfaceElement } from "../../src/web/surface.ts";
import { TokenForm, tokenIn } from "../../src/web/token-form.ts";
import type { Words } from "../../src/web/words.ts";
import { byClass, byLabel, fake, installDocument } from "./dom.ts";

beforeEach(() => void installDocument());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it("makes an element with what it is given, and nothing else", () => {
  const child = make("b", { text: "<i>" });
  const element = fake(make("p", { class: "a", title: "t", attributes: { role: "img" } }, child, null));
  expect(element).toMatchObject({ tag: "p", className: "a", title: "t", children: [child] });
  expect([...element.attributes]).toEqual([["role", "img"]]);
  expect(element.textContent).toBe("<i>");
});

function notice() {
  vi.useFakeTimers();
  const one = new Notice();
  const seen = () =>
    byClass(one.element, "notice").isSeen
      ? [byClass(one.element, "notice-title").textContent, byClass(one.element, "notice-detail").textContent]
      : null;
  return { show: (words: Words | null) => one.show(words), seen, element: fake(one.element) };
}

describe("the words over the picture", () => {
  const quiet: Words = { title: "Connecting…", detail: "", tone: "quiet", place: "middle" };
  const problem: Words = { title: "Offline", detail: "It comes back.", tone: "problem", place: "edge" };
  it("are seen at once where there is a problem, and gone at once after it", () => {
    const { show, seen, element } = notice();
    expect(seen()).toBeNull();
    show(problem);
    expect(seen()).toEqual(["Offline", "It comes back."]);
    expect(element.dataset).toEqual({ tone: "problem", place: "edge" });
    show(null);
    expect(seen()).toBeNull();
  });

  it("are seen only after a while where it will pass", () => {
    const { show, seen } = notice();
    show(quiet);
    vi.advanceTimersByTime(400);
    show({ ...quiet }); // the same again does not begin anew
    vi.advanceTimersByTime(199);
    expect(seen()).toBeNull();
    vi.advanceTimersByTime(1);
    expect(seen()).toEqual(["Connecting…", ""]);
  });

  it("are not seen any more where it has passed", () => {
    const { show, seen } = notice();
    show(quiet);
    show(null);
    vi.advanceTimersByTime(10_000);
    expect(seen()).toBeNull();
  });

  it("change at once where some are there already", () => {
    const { show, seen } = notice();
    show(problem);
    show(quiet);
    expect(seen()).toEqual(["Connecting…", ""]);
  });

  it("have below them what may be done", () => {
    const form = make("form", { text: "Token" });
    expect(fake(new Notice(form).element).textContent).toBe("Token");
  });
});

describe("the form for a token", () => {
  it("is there where one is needed", () => {
    const form = new TokenForm(() => undefined);
    expect(form.element.hidden).toBe(true);
    form.isNeeded = true;
    expect(form.element.hidden).toBe(false);
    form.isNeeded = false;
    expect(form.element.hidden).toBe(true);
  });

  it("gives what was typed, without the blanks of a copy, keeps none of it and leaves the page where it is", () => {
    const tokens: string[] = [];
    const form = new TokenForm((token) => tokens.push(token));
    const field = byLabel(form.element, "Token");
    field.value = "  secret\n";
    expect(fake(form.element).tell("submit").defaultPrevented).toBe(true);
    expect(tokens).toEqual(["secret"]);
    expect(field.value).toBe("");
    const user = fake(form.element).children[0];
    expect(user?.attributes.get("autocomplete")).toBe("username");
    expect(user?.isSeen).toBe(false);
  });

  it.each([
    ["http://192.168.1.7:8080/live/garden.flv?token=ionic-satin-chomp", "ionic-satin-chomp"],
    ["'http://192.168.1.7:8080/watch/garden?clock&token=ionic-satin-chomp'\n", "ionic-satin-chomp"],
    ["http://192.168.1.7:8080/watch/garden?token=ionic-satin-chomp&sound#x", "ionic-satin-chomp"],
    ["?token=ionic-satin-chomp", "ionic-satin-chomp"],
    [" ionic-satin-chomp ", "ionic-satin-chomp"],
    ["token", "token"],
    ["http://192.168.1.7:8080/watch/garden", "http://192.168.1.7:8080/watch/garden"],
  ])("finds the token in %j", (pasted, token) => expect(tokenIn(pasted)).toBe(token));
});

function surface() {
  const made = new SurfaceElement("Live video of cam0");
  const show = (player: "low-latency" | "mse" | null) => made.show(player);
  return { element: fake(made.element), show };
}

describe("the place of the picture", () => {
  it.each([
    ["low-latency", ["canvas"]],
    ["mse", ["video"]],
    [null, []],
  ] as const)("shows, with the player %s, what that one draws on", (player, seen) => {
    const { element, show } = surface();
    show(player);
    expect(element.children.filter((one) => one.isSeen).map(({ tag }) => tag)).toEqual(seen);
  });

  it("is silent and in its place until somebody wants something else", () => {
    const { element } = surface();
    const [, video] = element.children;
    expect(video).toMatchObject({ muted: true, disableRemotePlayback: true });
    expect(video?.attributes.has("playsinline")).toBe(true);
  });
});

describe("the clock over the picture", () => {
  it("draws with each frame while it is shown, in local time", () => {
    let draw: (() => void) | null = null;
    vi.stubGlobal("requestAnimationFrame", (next: () => void) => {
      draw = next;
      return 7;
    });
    vi.stubGlobal("cancelAnimationFrame", (id: number) => {
      if (id === 7) draw = null;
    });
    const local = new Date(2026, 2, 4, 15, 6, 7, 890);
    let nowMs = local.getTime();
    const clock = new ClockOverlay(() => nowMs);
    expect(clock.isShown).toBe(false);
    expect(draw).toBeNull();
    clock.isShown = true;
    expect(clock.isShown).toBe(true);
    expect(clock.element.textContent).toBe("2026-03-04 15:06:07.8");
    nowMs += 100;
    (draw as (() => void) | null)?.();
    expect(clock.element.textContent).toBe("2026-03-04 15:06:07.9");
    clock.isShown = false;
    expect(clock.isShown).toBe(false);
    expect(draw).toBeNull();
  });
});
