// How people come in.
import { html } from "/lib/lit-html.js";
import { setPassword, signIn } from "./api.js";

/** By an invitation where the address has one, else by name and password. */
export function signInPage(invitation, problem, entered) {
  const submit = (act) => async (event) => {
    event.preventDefault();
    const data = new FormData(event.target);
    try {
      entered(await act(data), null);
    } catch (failure) {
      entered(null, failure.message);
    }
  };
  const wrong = problem === null ? "" : html`<p class="problem" role="alert">${problem}</p>`;
  if (invitation !== null) {
    return html`<main class="sheet sign-in">
      <h1>Doppelfleet</h1>
      ${wrong}
      <form class="stack" @submit=${submit((data) => setPassword(invitation, data.get("password")))}>
        <p>Choose a password of at least 10 characters.</p>
        <label>Password
          <input type="password" name="password" autocomplete="new-password" minlength="10" maxlength="200" required autofocus>
        </label>
        <button class="first">Set it and sign in</button>
      </form>
    </main>`;
  }
  return html`<main class="sheet sign-in">
    <h1>Doppelfleet</h1>
    ${wrong}
    <form class="stack" @submit=${submit((data) => signIn(data.get("name"), data.get("password")))}>
      <label>Name <input name="name" autocomplete="username" required autofocus></label>
      <label>Password
        <input type="password" name="password" autocomplete="current-password" required>
      </label>
      <button class="first">Sign in</button>
    </form>
    <p class="faint">Forgotten? On the control's machine: ./doppelfleet account invite NAME</p>
  </main>`;
}
