// The language in which the page speaks. Each has all its sentences in a module of its own.
import { html } from "/lib/lit-html.js";
import en from "./text/en.js";
import fa from "./text/fa.js";
import ru from "./text/ru.js";

/** By what browsers call them; the first where a browser wants none of them. */
export const LANGUAGES = {
  en: { name: "English", direction: "ltr", sentences: en },
  ru: { name: "Русский", direction: "ltr", sentences: ru },
  fa: { name: "فارسی", direction: "rtl", sentences: fa },
};

/** Where a browser keeps what was chosen. */
const KEPT = "language";

/** The control's sentences, each with a name for what stands in it. */
const DEEDS = Object.entries(en)
  .filter(([key]) => key.startsWith("did."))
  .map(([key, sentence]) => [key.replace("did.", ""), new RegExp(`^${sentence.replace(/\{([a-z]+)\}/g, "(?<$1>\\S+)")}$`)]);

let language;

/** What was chosen, or what the browser is set to. */
function preferred() {
  return (
    [localStorage.getItem(KEPT), ...navigator.languages.map((tag) => tag.split("-")[0])].find((id) =>
      Object.hasOwn(LANGUAGES, id ?? ""),
    ) ?? "en"
  );
}

function use(id) {
  language = id;
  document.documentElement.lang = id;
  document.documentElement.dir = LANGUAGES[id].direction;
}

export function spoken() {
  return language;
}

/** From now on, and when the page is opened again. */
export function speak(id) {
  localStorage.setItem(KEPT, id);
  use(id);
}

/** A sentence with these values in the places that it names; what another version has no word for stays. */
export function t(key, values = {}) {
  const { sentences, direction } = LANGUAGES[language];
  return (sentences[key] ?? key).replace(/\{([a-z]+)\}/g, (place, name) =>
    // From right to left a name or an address is turned about, unless it stands for itself.
    direction === "rtl" ? `\u2068${values[name]}\u2069` : values[name],
  );
}

/** What was done, of which the control keeps an English sentence: what another version has no word for stays so. */
export function did(sentence) {
  for (const [key, pattern] of DEEDS) {
    const said = pattern.exec(sentence);
    if (said !== null) {
      return t(`did.${key}`, said.groups);
    }
  }
  return own(sentence);
}

/** What somebody has named or written: it may go the other way than what is around it. */
export function own(text) {
  return html`<bdi>${text}</bdi>`;
}

/** An address, a link, a command: it goes from left to right everywhere. */
export function code(text) {
  return html`<bdi dir="ltr">${text}</bdi>`;
}

use(preferred());
