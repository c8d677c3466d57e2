// How people come in.
import { html } from "/lib/lit-html.js";
import { setPassword, signIn } from "./api.js";
import { choice } from "./language.js";
import { code, t } from "./text.js";

/** Whether what was tried last needs a code too. */
let codeAsked = false;

/** Who tried it; undefined: somebody with an invitation. */
let tried;

function codeField() {
  return codeAsked
    ? html`<label>${t("sign-in.code")}
        <input name="code" dir="ltr" autocomplete="one-time-code" required>
      </label>`
    : "";
}

/** By an invitation where the address has one, else by name and password. */
export function signInPage(invitation, problem, entered, redraw) {
  const submit = (act) => async (event) => {
    event.preventDefault();
    const data = new FormData(event.target);
    try {
      const session = await act(data, data.get("code") ?? undefined);
      codeAsked = false;
      entered(session, null);
    } catch (failure) {
      if (failure.field === "code") {
        entered(null, codeAsked ? t("sign-in.wrong-code") : null);
        codeAsked = true;
        tried = data.get("name") ?? undefined;
        redraw();
        document.querySelector("input[name=code]").select();
        return;
      }
      entered(null, failure.status === 401 && invitation === null ? t("sign-in.wrong") : failure.message);
    }
  };
  const another = ({ target }) => { // whether they need a code isn't known
    if (codeAsked && target.value !== tried) {
      codeAsked = false;
      redraw();
    }
  };
  const wrong = problem === null ? "" : html`<p class="problem" role="alert" dir="auto">${problem}</p>`;
  if (invitation !== null) {
    return html`<main class="sheet sign-in">
      <h1>Doppelfleet</h1>
      ${wrong}
      <form class="stack" @submit=${submit((data, said) => setPassword(invitation, data.get("password"), said))}>
        <p>${t("sign-in.choose")}</p>
        <label>${t("sign-in.password")}
          <input type="password" dir="ltr" name="password" autocomplete="new-password" minlength="10" maxlength="200" required autofocus>
        </label>
        ${codeField()}
        <button class="first">${t("sign-in.set")}</button>
      </form>
      ${choice(redraw)}
    </main>`;
  }
  return html`<main class="sheet sign-in">
    <h1>Doppelfleet</h1>
    ${wrong}
    <form class="stack" @submit=${submit((data, said) => signIn(data.get("name"), data.get("password"), said))}>
      <label>${t("sign-in.name")} <input name="name" dir="ltr" autocomplete="username" required autofocus @input=${another}></label>
      <label>${t("sign-in.password")}
        <input type="password" dir="ltr" name="password" autocomplete="current-password" required>
      </label>
      ${codeField()}
      <button class="first">${t("sign-in.enter")}</button>
    </form>
    <p class="faint">${t("sign-in.forgotten")} ${code("./doppelfleet account invite NAME")}</p>
    ${choice(redraw)}
  </main>`;
}
