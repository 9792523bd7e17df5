import { make } from "./elements.ts";

/**
 * Copies the text. Over plain HTTP a browser has no clipboard for a page, and in a frame it may have none, but it still
 * obeys the old command. Throws where it obeys neither.
 */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!copySelected(text)) throw new Error("the browser lets this page copy nothing");
  }
}

function copySelected(text: string): boolean {
  const field = make("textarea", { class: "offscreen", attributes: { "aria-hidden": "true" } });
  field.value = text;
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  return isCopied;
}
