/** Lines on a field of 24 by 24, as `icons.ts` has them for the live player. */
export const drawings = {
  earlier: ["m14.5 6-6 6 6 6"],
  later: ["m9.5 6 6 6-6 6"],
  calendar: [
    "M5.5 5.5h13A1.5 1.5 0 0 1 20 7v11.5a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18.5V7a1.5 1.5 0 0 1 1.5-1.5Z",
    "M4 10h16",
    "M8.5 3.5v4",
    "M15.5 3.5v4",
  ],
  zoomIn: ["M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13Z", "m15.3 15.3 4.7 4.7", "M10.5 8v5", "M8 10.5h5"],
  zoomOut: ["M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13Z", "m15.3 15.3 4.7 4.7", "M8 10.5h5"],
  frameBack: ["m11 7-5 5 5 5", "M17 7v10"],
  frameForward: ["m13 7 5 5-5 5", "M7 7v10"],
  markIn: ["M10 5H6.5v14H10", "M11 12h8", "m15.5 8.5 3.5 3.5-3.5 3.5"],
  markOut: ["M14 5h3.5v14H14", "M13 12H5", "M8.5 8.5 5 12l3.5 3.5"],
  keep: ["m12 4 2.4 5.1 5.6.7-4.1 3.9 1.1 5.6-5-2.8-5 2.8 1.1-5.6L4 9.8l5.6-.7Z"],
  download: ["M12 4v11", "m7 10.5 5 5 5-5", "M5 20h14"],
} as const satisfies Record<string, readonly string[]>;
