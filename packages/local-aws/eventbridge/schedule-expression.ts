/** Gives the first time (ms) after `afterMs`, or undefined when there is none. */
export type NextTime = (afterMs: number) => number | undefined;

const UNIT_MS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const DAY_MS = 86_400_000;
/** Every calendar comes round within this; a cron that finds nothing in it has no more times. */
const SEARCH_DAYS = 366 * 30;

/**
 * Reads `rate(5 minutes)` or `cron(minutes hours day-of-month month day-of-week year)`, in UTC
 * (https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html). Days know `L`; days of the week know
 * `5L` (last) and `2#1` (first); `W` is not supported.
 * @throws Error naming the part that is not understood
 */
export function compileScheduleExpression(expression: string): NextTime {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate?.[1] && rate[2]) {
    const intervalMs = Number(rate[1]) * (UNIT_MS[rate[2]] ?? 0);
    if (intervalMs <= 0) throw new Error(`The schedule ${expression} has a rate of zero.`);
    return (afterMs) => afterMs + intervalMs;
  }
  const cron = /^cron\(([^)]+)\)$/.exec(expression)?.[1]?.trim().split(/\s+/);
  if (!cron) throw new Error(`The schedule ${expression} is neither rate(...) nor cron(...).`);
  if (cron.length !== 6)
    throw new Error(`The schedule ${expression} must have six fields: minutes hours day month weekday year.`);
  return compileCron(cron, expression);
}

function compileCron(fields: string[], expression: string): NextTime {
  const [minuteText = "", hourText = "", dayText = "", monthText = "", weekdayText = "", yearText = ""] = fields;
  const read = (text: string, low: number, high: number, names: string[] = [], base = 0) =>
    readField(text, low, high, names, base, expression);
  const minutes = read(minuteText, 0, 59);
  const hours = read(hourText, 0, 23);
  const months = read(monthText, 1, 12, MONTHS, 1);
  const years = read(yearText, 1970, 2199);
  if ((dayText === "?") === (weekdayText === "?"))
    throw new Error(`The schedule ${expression} must have ? in exactly one of day-of-month and day-of-week.`);
  const matchesDay = dayText === "?" ? compileWeekday(weekdayText, read) : compileMonthDay(dayText, read);
  const minuteList = [...minutes].sort((a, b) => a - b);
  const hourList = [...hours].sort((a, b) => a - b);
  return (afterMs) => {
    const firstDayMs = Math.floor(afterMs / DAY_MS) * DAY_MS;
    for (let i = 0; i < SEARCH_DAYS; i += 1) {
      const dayMs = firstDayMs + i * DAY_MS;
      const day = new Date(dayMs);
      if (!years.has(day.getUTCFullYear()) || !months.has(day.getUTCMonth() + 1) || !matchesDay(day)) continue;
      for (const hour of hourList)
        for (const minute of minuteList) {
          const atMs = dayMs + hour * 3_600_000 + minute * 60_000;
          if (atMs > afterMs) return atMs;
        }
    }
    return undefined;
  };
}

type FieldReader = (text: string, low: number, high: number, names?: string[], base?: number) => Set<number>;

const countMonthDays = (day: Date): number =>
  new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();

function compileMonthDay(text: string, read: FieldReader): (day: Date) => boolean {
  if (text === "L") return (day) => day.getUTCDate() === countMonthDays(day);
  const days = read(text, 1, 31);
  return (day) => days.has(day.getUTCDate());
}

function compileWeekday(text: string, read: FieldReader): (day: Date) => boolean {
  const nth = /^(\w+)#([1-5])$/.exec(text);
  if (nth?.[1]) {
    const weekdays = read(nth[1], 1, 7, DAYS, 1);
    return (day) => weekdays.has(day.getUTCDay() + 1) && Math.ceil(day.getUTCDate() / 7) === Number(nth[2]);
  }
  const last = /^(\w+)L$/.exec(text);
  if (last?.[1]) {
    const weekdays = read(last[1], 1, 7, DAYS, 1);
    return (day) => weekdays.has(day.getUTCDay() + 1) && day.getUTCDate() > countMonthDays(day) - 7;
  }
  const weekdays = read(text, 1, 7, DAYS, 1);
  return (day) => weekdays.has(day.getUTCDay() + 1);
}

function readField(
  text: string,
  low: number,
  high: number,
  names: string[],
  base: number,
  expression: string,
): Set<number> {
  const refuse = () => new Error(`The schedule ${expression} has a field that is not understood: ${text}.`);
  const readValue = (part: string): number => {
    const named = names.indexOf(part.toUpperCase());
    const value = named >= 0 ? named + base : /^\d+$/.test(part) ? Number(part) : Number.NaN;
    if (!(value >= low && value <= high)) throw refuse();
    return value;
  };
  const values = new Set<number>();
  for (const item of text.split(",")) {
    const match = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(item);
    if (!match?.[1]) throw refuse();
    const [, from, to, stepText] = match;
    const step = stepText === undefined ? 1 : Number(stepText);
    if (step < 1 || (from === "*" && to !== undefined)) throw refuse();
    const start = from === "*" ? low : readValue(from);
    const end = to !== undefined ? readValue(to) : from === "*" || stepText !== undefined ? high : start;
    if (end < start) throw refuse();
    for (let value = start; value <= end; value += step) values.add(value);
  }
  return values;
}
