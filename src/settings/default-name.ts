import { basename } from "node:path";
import type { DeviceSpec } from "../devices/spec.ts";
import { NAME_PATTERN } from "../name.ts";

/** What a stream is called when nobody named it: a name that can stand in a URL, never empty and without secrets. */
export function defaultName(spec: DeviceSpec): string {
  switch (spec.kind) {
    case "test":
    case "screen":
    case "stdin":
      return spec.kind;
    case "named":
      return fitted(basename(spec.text));
    case "file":
      return fitted(withoutExtension(basename(spec.text.replaceAll("\\", "/"))));
    case "url":
      return fitted(urlWords(spec.text));
  }
}

/** Host and last part of the path: enough to tell cameras apart. User, password and query stay out. */
function urlWords(url: string): string {
  if (!URL.canParse(url)) return "";
  const { hostname, pathname } = new URL(url);
  const last = pathname.split("/").findLast((part) => part !== "") ?? "";
  return [hostname.replace(/^\[|\]$/g, ""), withoutExtension(last)].filter((part) => part !== "").join("-");
}

function withoutExtension(file: string): string {
  return file.replace(/(?<=.)\.[A-Za-z0-9]{1,5}$/, "");
}

function fitted(words: string): string {
  const name = words
    .normalize("NFKD")
    .replace(/\p{M}/gu, "") // é is e and its accent
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[.-]+/, "")
    .slice(0, 64)
    .replace(/(\.(flv|jpg)|[.-])+$/i, "");
  return NAME_PATTERN.test(name) ? name : "stream";
}
