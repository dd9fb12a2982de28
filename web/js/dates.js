// Days and times as people say them. Pure: "now" is handed in.

const pad = (n) => String(n).padStart(2, "0");

/** `2026-11-23`, in local time. */
export const isoDay = (date) => `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;

/** `2026-11-23T09:00`, as `datetime-local` wants it. */
export const isoMinute = (date) => `${isoDay(date)}T${pad(date.getHours())}:${pad(date.getMinutes())}`;

const addDays = (date, days) => new Date(date.getFullYear(), date.getMonth(), date.getDate() + days, 9, 0);

/** The same day of the next month, or its last day: 31 January gives 28 or 29 February. */
function nextMonth(date) {
  const last = new Date(date.getFullYear(), date.getMonth() + 2, 0).getDate();
  return new Date(date.getFullYear(), date.getMonth() + 1, Math.min(date.getDate(), last), 9, 0);
}

/** The times offered for the next step, all at 9 in the morning: tomorrow, in three days, next Monday, in a month. */
export function presets(now) {
  const weekday = (now.getDay() + 6) % 7;
  return { tomorrow: addDays(now, 1), threeDays: addDays(now, 3), nextWeek: addDays(now, 7 - weekday), nextMonth: nextMonth(now) };
}

/** How long ago, in the words given; `null` past a week, where the date itself says more. */
export function ago(then, now, words) {
  const minutes = Math.floor((now - then) / 60_000);
  if (minutes < 0) return null;
  if (minutes < 1) return words.justNow;
  if (minutes < 60) return words.minutes(minutes);
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  if (then >= midnight) return words.hours(Math.floor(minutes / 60));
  const days = Math.ceil((midnight - then) / 86_400_000);
  if (days === 1) return words.yesterday;
  return days <= 7 ? words.days(days) : null;
}
