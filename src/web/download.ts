/** The browser reads it after the click. */
const KEPT_MS = 10_000;

/** Has the browser save a file that was made here. */
export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  saveUrl(new URL(url), name);
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}

export function saveUrl(url: URL, name: string): void {
  const link = document.createElement("a");
  link.href = url.href;
  link.download = name;
  link.click();
}
