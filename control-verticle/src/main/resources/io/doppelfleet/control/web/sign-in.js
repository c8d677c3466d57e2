// How people come in.
import { html } from "/lib/lit-html.js";
import { setPassword, signIn } from "./api.js";
import { choice } from "./language.js";
import { code, t } from "./text.js";

/** By an invitation where the address has one, else by name and password. */
export function signInPage(invitation, problem, entered, redraw) {
  const submit = (act) => async (event) => {
    event.preventDefault();
    const data = new FormData(event.target);
    try {
      entered(await act(data), null);
    } catch (failure) {
      entered(null, failure.status === 401 && invitation === null ? t("sign-in.wrong") : failure.message);
    }
  };
  const wrong = problem === null ? "" : html`<p class="problem" role="alert" dir="auto">${problem}</p>`;
  if (invitation !== null) {
    return html`<main class="sheet sign-in">
      <h1>Doppelfleet</h1>
      ${wrong}
      <form class="stack" @submit=${submit((data) => setPassword(invitation, data.get("password")))}>
        <p>${t("sign-in.choose")}</p>
        <label>${t("sign-in.password")}
          <input type="password" dir="ltr" name="password" autocomplete="new-password" minlength="10" maxlength="200" required autofocus>
        </label>
        <button class="first">${t("sign-in.set")}</button>
      </form>
      ${choice(redraw)}
    </main>`;
  }
  return html`<main class="sheet sign-in">
    <h1>Doppelfleet</h1>
    ${wrong}
    <form class="stack" @submit=${submit((data) => signIn(data.get("name"), data.get("password")))}>
      <label>${t("sign-in.name")} <input name="name" dir="ltr" autocomplete="username" required autofocus></label>
      <label>${t("sign-in.password")}
        <input type="password" dir="ltr" name="password" autocomplete="current-password" required>
      </label>
      <button class="first">${t("sign-in.enter")}</button>
    </form>
    <p class="faint">${t("sign-in.forgotten")} ${code("./doppelfleet account invite NAME")}</p>
    ${choice(redraw)}
  </main>`;
}
