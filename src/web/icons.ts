const SVG = "http://www.w3.org/2000/svg";

/** Lines on a field of 24 by 24. */
const paths = {
  muted: ["M4 9.5v5h3.5L12 18.5v-13L7.5 9.5Z", "m16 9.5 5 5", "m21 9.5-5 5"],
  sound: ["M4 9.5v5h3.5L12 18.5v-13L7.5 9.5Z", "M15.5 9a4.2 4.2 0 0 1 0 6", "M18.3 6.5a7.8 7.8 0 0 1 0 11"],
  stats: ["M4 20V11", "M9.3 20V4", "M14.7 20v-6", "M20 20V8"],
  clock: ["M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17Z", "M12 7.5V12l3 2"],
  snapshot: [
    "M8.5 6 10 4h4l1.5 2H19a1.5 1.5 0 0 1 1.5 1.5v10A1.5 1.5 0 0 1 19 19H5a1.5 1.5 0 0 1-1.5-1.5v-10A1.5 1.5 0 0 1 5 6Z",
    "M12 9a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7Z",
  ],
  copy: [
    "M9 9.5A1.5 1.5 0 0 1 10.5 8h8a1.5 1.5 0 0 1 1.5 1.5v9a1.5 1.5 0 0 1-1.5 1.5h-8A1.5 1.5 0 0 1 9 18.5Z",
    "M15 8V5.5A1.5 1.5 0 0 0 13.5 4h-8A1.5 1.5 0 0 0 4 5.5v9A1.5 1.5 0 0 0 5.5 16H9",
  ],
  window: [
    "M4.5 5h15A1.5 1.5 0 0 1 21 6.5v11a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 17.5v-11A1.5 1.5 0 0 1 4.5 5Z",
    "M12.5 12h5.5v4h-5.5Z",
  ],
  fullScreen: ["M9 4H4v5", "M15 4h5v5", "M9 20H4v-5", "M15 20h5v-5"],
  leaveFullScreen: ["M4 9h5V4", "M20 9h-5V4", "M4 15h5v5", "M20 15h-5v5"],
  grid: ["M4 4h6.5v6.5H4Z", "M13.5 4H20v6.5h-6.5Z", "M4 13.5h6.5V20H4Z", "M13.5 13.5H20V20h-6.5Z"],
  play: ["M8 5.5v13l10.5-6.5Z"],
  pause: ["M8.5 5.5v13", "M15.5 5.5v13"],
  links: [
    "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1",
    "M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1",
  ],
  keys: [
    "M4.5 6h15A1.5 1.5 0 0 1 21 7.5v9a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 16.5v-9A1.5 1.5 0 0 1 4.5 6Z",
    "M7 10h.01M10.3 10h.01M13.7 10h.01M17 10h.01M8.5 14h7",
  ],
  recordings: ["M3.5 12a8.5 8.5 0 1 0 2.8-6.3L3.5 8.2", "M3.5 4v4.2h4.2", "M12 7.5V12l3 2"],
  done: ["m5 12.5 4.5 4.5L19 7.5"],
  close: ["m6 6 12 12", "M18 6 6 18"],
} as const satisfies Record<string, readonly string[]>;

/** One of these, or the lines of another one, which the page of its own has. */
export type Icon = keyof typeof paths | readonly string[];

/** A drawing beside words that say the same: hidden from screen readers. */
export function icon(lines: Icon): SVGSVGElement {
  const svg = drawn(typeof lines === "string" ? paths[lines] : lines, 24);
  svg.setAttribute("aria-hidden", "true");
  return svg;
}

/** Paths on a square field of `size`. */
export function drawn(lines: readonly string[], size: number): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  svg.append(
    ...lines.map((line) => {
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("d", line);
      return path;
    }),
  );
  return svg;
}
