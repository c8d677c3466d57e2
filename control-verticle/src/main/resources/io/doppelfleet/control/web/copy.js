// Something to be taken elsewhere.
import { html } from "/lib/lit-html.js";
import { t } from "./text.js";

export function copyable(text) {
  return html`<p><code dir="ltr">${text}</code></p>
    <button type="button" @click=${(event) => copy(event.target, text)}>${t("copy.do")}</button>`;
}

async function copy(button, text) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = t("copy.done");
  } catch {
    button.textContent = t("copy.refused");
  }
}
