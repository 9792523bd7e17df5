const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
const LONG_DAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day";
const MONTH = `(?<month>${MONTHS.join("|")})`;
const TIME = String.raw`(?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2})`;

/** HTTP-date (RFC 9110, 5.6.7): IMF-fixdate, and the two that only old senders send, rfc850-date and asctime-date. */
const FORMS = [
  new RegExp(String.raw`^${DAY}, (?<day>\d{2}) ${MONTH} (?<year>\d{4}) ${TIME} GMT$`),
  new RegExp(String.raw`^${LONG_DAY}, (?<day>\d{2})-${MONTH}-(?<year>\d{2}) ${TIME} GMT$`),
  new RegExp(String.raw`^${DAY} ${MONTH} (?<day>[ \d]\d) ${TIME} (?<year>\d{4})$`),
];

/** A moment in milliseconds since 1970; null for what is no HTTP-date, or on no calendar. */
export function parseHttpDate(text: string, nowMs = Date.now()): number | null {
  const groups = FORMS.map((form) => form.exec(text)?.groups).find((found) => found !== undefined);
  if (groups === undefined) return null;
  const { day = "", month = "", year = "", hour = "", minute = "", second = "" } = groups;
  const fullYear = year.length === 2 ? fullYearOf(Number(year), nowMs) : year;
  const monthNumber = String(MONTHS.indexOf(month) + 1).padStart(2, "0");
  const date = `${fullYear}-${monthNumber}-${day.replace(" ", "0")}`;
  const isLeap = second === "60";
  const ms = Date.parse(`${date}T${hour}:${minute}:${isLeap ? "59" : second}Z`);
  if (Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(date)) return null; // 30 February is read as 2 March
  return isLeap ? ms + 1000 : ms;
}

/** Of two digits: not more than 50 years ahead. */
function fullYearOf(year: number, nowMs: number): string {
  const thisYear = new Date(nowMs).getUTCFullYear();
  const inThisCentury = thisYear - (thisYear % 100) + year;
  return String(inThisCentury > thisYear + 50 ? inThisCentury - 100 : inThisCentury);
}
