import type { Page } from "playwright-core";
import { quantile } from "./numbers.ts";

/** Where clock-ffmpeg.sh draws its squares. */
const strip = { x: 8, y: 8, width: 624, height: 26, bits: 24 } as const;

/**
 * Watches the picture of a page: at each animation frame the squares are read from what the player shows, and where they
 * have changed the age of the new picture is noted: this machine's clock less the clock in the picture. What is left out
 * is the way from the page to the glass, about one period of the screen.
 */
export async function watchAges(page: Page): Promise<void> {
  await page.evaluate(`(() => {
    const { x, y, width, height, bits } = ${JSON.stringify(strip)};
    const canvas = new OffscreenCanvas(width, 1);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    window.ages = [];
    window.waits = 0;
    document.querySelector("video").addEventListener("waiting", () => window.waits++);
    let last = -1;
    const look = () => {
      requestAnimationFrame(look);
      const shown = [...document.querySelectorAll(".picture")].find((picture) => !picture.hidden);
      if (shown === undefined) return;
      context.drawImage(shown, x, y + height / 2, width, 1, 0, 0, width, 1);
      const { data } = context.getImageData(0, 0, width, 1);
      let value = 0;
      for (let bit = bits - 1, above = 0; bit >= 0; bit--) {
        above ^= data[Math.floor((bit + 0.5) * (width / bits)) * 4] > 127 ? 1 : 0;
        value += above * 2 ** bit;
      }
      if (value === last) return;
      last = value;
      const span = 2 ** bits;
      const nowMs = performance.timeOrigin + performance.now();
      window.ages.push((((nowMs - value) % span) + span) % span);
    };
    requestAnimationFrame(look);
  })()`);
}

/** The ages of the pictures that are shown from now on, for so long. */
export async function agesMs(page: Page, ms: number): Promise<readonly number[]> {
  await page.evaluate("window.ages.length = 0");
  await page.waitForTimeout(ms);
  const ages = await page.evaluate<unknown>("window.ages");
  return Array.isArray(ages) ? ages.map(Number) : [];
}

/** How often the video ran dry since it is watched. */
export async function waits(page: Page): Promise<number> {
  return Number(await page.evaluate<unknown>("window.waits"));
}

export function row(ages: readonly number[]) {
  const at = (share: number) => Math.round(quantile(ages, share));
  return {
    "p50 ms": at(0.5),
    "p95 ms": at(0.95),
    "longest ms": Math.round(Math.max(...ages)),
    pictures: ages.length,
  };
}
