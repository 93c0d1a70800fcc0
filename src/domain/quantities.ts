import { Duration } from 'luxon';

/** A length of time for people. */
export function length(milliseconds: number): string {
  if (milliseconds < 10_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const whole = Duration.fromMillis(Math.round(milliseconds / 1000) * 1000);
  const {
    days = 0,
    hours = 0,
    minutes = 0,
    seconds = 0,
  } = whole.shiftTo('days', 'hours', 'minutes', 'seconds').toObject();
  const parts: readonly (readonly [number, string])[] = [
    [days, 'd'],
    [hours, 'h'],
    [minutes, 'min'],
    [seconds, 's'],
  ];
  return parts
    .filter(([count]) => count > 0)
    .slice(0, 2)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** A number with its thousands apart. */
export function number(value: number): string {
  return value.toLocaleString('en').replaceAll(',', '\u202f');
}

/** A number and its noun. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}

/** A number and its noun in plain text, as a log or a terminal has it. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${value} ${value === 1 ? one : many}`;
}

/** A size of memory for people. */
export function size(bytes: number): string {
  return megabytes.format(bytes / 1e6);
}

const megabytes = new Intl.NumberFormat('en', { style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 });
