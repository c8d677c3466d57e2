// Questions that have to be answered before something is done.
import { html, render } from "/lib/lit-html.js";
import { t } from "./text.js";

const TITLE = "dialog-title";

function now(part, redraw) {
  return typeof part === "function" ? part(redraw) : part;
}

function named() {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", TITLE);
  return dialog;
}

/** Shows something in a dialog, until it is closed. */
export function tell(title, content) {
  const dialog = named();
  render(
    html`<h2 id=${TITLE}>${title}</h2>
      ${content}
      <menu><button class="first" autofocus @click=${() => dialog.close()}>${t("dialog.close")}</button></menu>`,
    dialog,
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** Closes all of them: nobody is there who may see or answer them. */
export function closeAll() {
  document.querySelectorAll("dialog").forEach((dialog) => dialog.close());
}

/**
 * Asks in a dialog, does what was asked, and shows why where it can't be done. Done when the dialog
 * is gone; what `act` returned, or undefined where nothing was done. `content` and `action` may be
 * functions, for what changes. Where `isSettled` says that what was entered has not been looked at,
 * `look` does that, and nothing else is done then; it is given what is entered when it asks, too. While
 * something is done the dialog stays: what comes of it may be shown once.
 */
export function ask({ title, content, action, danger = false, isSettled = () => true, look, act }) {
  return new Promise((resolve) => {
    const dialog = named();
    let result;
    let problem = null;
    let busy = false;
    const submit = async (event) => {
      event.preventDefault();
      const form = event.target;
      if (busy) {
        return;
      }
      busy = true;
      problem = null;
      show();
      const data = new FormData(form);
      try {
        if (isSettled(data)) {
          result = await act(data);
          dialog.close();
          return;
        }
        await look(data, () => new FormData(form));
      } catch (failure) {
        problem = failure.message;
      }
      busy = false;
      show();
    };
    const show = () =>
      render(
        html`<form class="stack" @submit=${submit}>
          <h2 id=${TITLE}>${title}</h2>
          ${problem === null ? "" : html`<p class="problem" role="alert" dir="auto">${problem}</p>`} ${now(content, show)}
          <menu>
            <button type="button" ?disabled=${busy} @click=${() => dialog.close()}>${t("dialog.cancel")}</button>
            <button class=${danger ? "danger" : "first"} ?disabled=${busy}>${now(action, show)}</button>
          </menu>
        </form>`,
        dialog,
      );
    dialog.addEventListener("cancel", (event) => {
      if (busy) {
        event.preventDefault();
      }
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(result);
    });
    show();
    document.body.append(dialog);
    dialog.showModal();
  });
}
