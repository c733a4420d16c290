const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** A running clock: `0:07`, `12:34`, `1:02:03`. @param elapsed ms; a negative one (clocks of two machines) counts as 0 */
export function clockText(elapsed: number): string {
  const total = Math.max(0, elapsed);
  const hours = Math.floor(total / hour);
  const minutes = Math.floor((total % hour) / minute);
  const seconds = String(Math.floor((total % minute) / second)).padStart(2, '0');
  return hours === 0 ? `${minutes}:${seconds}` : `${hours}:${String(minutes).padStart(2, '0')}:${seconds}`;
}

/** A time that is over: `7 s`, `1 min 12 s`, `1 h 2 min`. @param duration ms */
export function durationText(duration: number): string {
  const total = Math.max(0, Math.round(duration / second));
  if (total < 60) return `${total} s`;
  if (total < 3600) return `${Math.floor(total / 60)} min ${total % 60} s`;
  return `${Math.floor(total / 3600)} h ${Math.floor((total % 3600) / 60)} min`;
}

/**
 * When something was, in the reader's own time zone: `15:32` today, else `Nov 22, 15:32`.
 * @param iso ISO 8601; anything else is given back as it is: a damaged record must not take the page with it
 * @param now ms since the epoch
 * @param timeZone only for tests; else the machine's
 */
export function momentText(iso: string, now: number, timeZone?: string): string {
  const at = new Date(iso);
  const zone = timeZone === undefined ? {} : { timeZone };
  if (Number.isNaN(at.getTime())) return iso;
  const day = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', year: 'numeric', ...zone });
  return day.format(at) === day.format(now) ? timeText(at, zone) : dateText(iso, timeZone);
}

/** The same for what stays on the screen while days go by: always `Nov 22, 15:32`. */
export function dateText(iso: string, timeZone?: string): string {
  const at = new Date(iso);
  const zone = timeZone === undefined ? {} : { timeZone };
  if (Number.isNaN(at.getTime())) return iso;
  const day = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', ...zone });
  return `${day.format(at)}, ${timeText(at, zone)}`;
}

function timeText(at: Date, zone: Intl.DateTimeFormatOptions): string {
  const format = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...zone } as const;
  return new Intl.DateTimeFormat('en', format).format(at);
}
