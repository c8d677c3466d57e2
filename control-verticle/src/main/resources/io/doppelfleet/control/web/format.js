// Numbers, sizes and times as people read them in their language.
import { spoken, t } from "./text.js";

const LARGEST_UNIT = 5;

/** By language: they take long to make. */
const formats = {};

function format() {
  const language = spoken();
  formats[language] ??= {
    number: new Intl.NumberFormat(language),
    part: new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    list: new Intl.ListFormat(language, { style: "narrow", type: "conjunction" }),
    day: new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" }),
    month: new Intl.DateTimeFormat(language, { month: "long", year: "numeric", timeZone: "UTC" }),
    time: new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }),
  };
  return formats[language];
}

export function bytes(count) {
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < LARGEST_UNIT) {
    value /= 1024;
    unit++;
  }
  return t(`unit.${unit}`, { count: (unit === 0 ? format().number : format().part).format(value) });
}

export function number(count) {
  return format().number.format(count);
}

/** Several sentences as one. */
export function list(all) {
  return format().list.format(all);
}

/** Of a text like 2026-11-25T07:25:18Z, or milliseconds. */
export function time(at) {
  return format().time.format(new Date(at));
}

/** A day of UTC, by which traffic is counted. */
export function day(at) {
  return format().day.format(new Date(at));
}

/** The same of a month. */
export function month(at) {
  return format().month.format(new Date(at));
}
