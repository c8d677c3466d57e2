// Where a page's language is chosen.
import { html } from "/lib/lit-html.js";
import { LANGUAGES, speak, spoken, t } from "./text.js";

/** Each language by its own name. */
export function choice(redraw) {
  const choose = (event) => {
    speak(event.target.value);
    redraw();
  };
  return html`<select class="language" aria-label=${t("app.language")} @change=${choose}>
    ${Object.entries(LANGUAGES).map(
      ([id, { name }]) => html`<option value=${id} lang=${id} ?selected=${id === spoken()}>${name}</option>`,
    )}
  </select>`;
}
