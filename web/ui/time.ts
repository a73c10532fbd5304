const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "long" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const dayWithYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "long" });

const steps: [limitSeconds: number, unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  [3600, "minute", 60],
  [86_400, "hour", 3600],
  [7 * 86_400, "day", 86_400],
];

/** "just now", "5 minutes ago", "in 3 days"; beyond a week the day, with the year when it is another one. */
export const formatRelativeTime = (at: Date, now: Date): string => {
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000);
  const distance = Math.abs(seconds);
  if (distance < 45) return "just now";
  for (const [limit, unit, size] of steps)
    if (distance < limit - size / 2) return relative.format(Math.round(seconds / size) || Math.sign(seconds), unit);
  return (at.getFullYear() === now.getFullYear() ? day : dayWithYear).format(at);
};

/** Full date and time with the zone, for hover and screen readers. */
export const formatExactTime = (at: Date): string => exact.format(at);

const moment = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
/** "23 Nov, 19:02": short, but told apart from others of that day. */
export const formatMoment = (at: Date): string => moment.format(at);
