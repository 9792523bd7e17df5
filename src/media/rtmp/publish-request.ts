import { type Amf0Value, property } from "../flv/amf0.ts";
import { textProperty } from "./command.ts";

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

/** What `connect` tells (7.2.1.1): all that is kept of it. */
export interface ConnectFacts {
  readonly app: string;
  readonly tcUrl: string;
  readonly program: string;
}

/** @param connectObject the command object */
export function connectFacts(connectObject: Amf0Value | undefined): ConnectFacts {
  return {
    app: textOf(property(connectObject, "app")),
    tcUrl: textOf(property(connectObject, "tcUrl")),
    program: textProperty(connectObject, "flashVer", 100),
  };
}

export function publishRequest(connected: ConnectFacts, publishedName: string): PublishRequest {
  const [name, nameQuery] = splitQuery(publishedName);
  const [app, appQuery] = splitQuery(connected.app);
  const [, urlQuery] = splitQuery(connected.tcUrl);
  return {
    app: app.replace(/\/$/, ""),
    name,
    parameters: new URLSearchParams([nameQuery, appQuery, urlQuery].join("&")),
    program: connected.program,
  };
}

function textOf(value: Amf0Value): string {
  return typeof value === "string" ? value : "";
}

function splitQuery(text: string): readonly [string, string] {
  const mark = text.indexOf("?");
  return mark < 0 ? [text, ""] : [text.slice(0, mark), text.slice(mark + 1)];
}
