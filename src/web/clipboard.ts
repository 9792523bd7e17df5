import { make } from "./elements.ts";

/** Copies the text; over plain HTTP a browser has no clipboard for a page, but still obeys the old command. */
export async function copyText(text: string): Promise<void> {
  if (globalThis.isSecureContext) return await navigator.clipboard.writeText(text);
  const field = make("textarea", { class: "offscreen", attributes: { "aria-hidden": "true" } });
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}
