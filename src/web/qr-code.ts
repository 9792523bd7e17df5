import { drawn } from "./icons.ts";

/** Modules of white around it: readers want four (ISO/IEC 18004, 9.1). */
const QUIET_ZONE = 4;

/** Draws a text as a QR code in place of what the element holds. */
export async function drawQrCode(element: HTMLElement, text: string): Promise<void> {
  const { encode } = await import("uqr"); // only for those who look
  const { data, size } = encode(text, { border: QUIET_ZONE });
  const dark = data.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : "")));
  const code = drawn([dark.join("")], size);
  code.setAttribute("role", "img");
  code.setAttribute("aria-label", "QR code of the page");
  element.replaceChildren(code);
}
