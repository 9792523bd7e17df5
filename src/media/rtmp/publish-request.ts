import type { Amf0Value } from "../flv/amf0.ts";
import { property, textProperty } from "./command.ts";

/** What a publisher wants, as its commands tell. */
export interface PublishRequest {
  /** Of `connect`, without its query. */
  readonly app: string;
  /** The stream's name of `publish`, without its query. */
  readonly name: string;
  /** Of the queries of the name, the application and `tcUrl`; what comes first counts. */
  readonly parameters: URLSearchParams;
  /** What the program calls itself (`flashVer`), at most 100 characters; "" where it does not. */
  readonly program: string;
}

/** @param connectObject the command object of `connect` (7.2.1.1) */
export function publishRequest(connectObject: Amf0Value, publishedName: string): PublishRequest {
  const [name, nameQuery] = splitQuery(publishedName);
  const [app, appQuery] = splitQuery(property(connectObject, "app"));
  const [, urlQuery] = splitQuery(property(connectObject, "tcUrl"));
  return {
    app: app.replace(/\/$/, ""),
    name,
    parameters: new URLSearchParams([nameQuery, appQuery, urlQuery].join("&")),
    program: textProperty(connectObject, "flashVer", 100),
  };
}

function splitQuery(value: Amf0Value): readonly [string, string] {
  const text = typeof value === "string" ? value : "";
  const mark = text.indexOf("?");
  return mark < 0 ? [text, ""] : [text.slice(0, mark), text.slice(mark + 1)];
}
