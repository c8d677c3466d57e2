// Who is signed in, and what they say beside their password.
import { html } from "/lib/lit-html.js";
import { send } from "./api.js";
import { ask, tell } from "./dialog.js";
import { number } from "./format.js";
import { own, t } from "./text.js";

export function accountPage({ data, session, changed }) {
  return html`
    <h1>${t("page.account")}</h1>
    <p>${own(session.name)}, ${t(`role.${session.role}`)}</p>
    <div class="sheet prose">
      <h2>${t("account.codes")}</h2>
      ${data.totp
        ? html`<p>${t("account.asked", { name: data.name, count: number(data.recovery) })}</p>
            <button class="danger" @click=${() => end(changed)}>${t("codes.end")}</button>`
        : html`<p>${t("account.unasked")}</p>
            <button class="first" @click=${() => begin(changed)}>${t("codes.begin")}</button>`}
    </div>
  `;
}

/** Where a session isn't enough; `first` where it is all that is asked. */
export function ownPassword(first) {
  return html`<label>${t("codes.your-password")}
    <input type="password" dir="ltr" name="password" autocomplete="current-password" required ?autofocus=${first}>
  </label>`;
}

async function begin(changed) {
  const begun = await ask({
    title: t("codes.begin"),
    content: ownPassword(true),
    action: t("codes.go-on"),
    act: (data) => send("POST", "/totp", { password: data.get("password") }),
  });
  if (begun === undefined) {
    return;
  }
  const { qr, secret } = begun;
  const confirmed = await ask({
    title: t("codes.begin"),
    content: html`<p>${t("codes.scan")}</p>
      <svg class="code" role="img" aria-label=${t("codes.qr")} viewBox="-4 -4 ${qr.size + 8} ${qr.size + 8}">
        <path d=${qr.path}></path>
      </svg>
      <p><code dir="ltr">${secret}</code></p>
      <label>${t("codes.code")}
        <input name="code" dir="ltr" inputmode="numeric" autocomplete="one-time-code" required autofocus>
      </label>`,
    action: t("codes.confirm"),
    act: (data) => send("POST", "/totp/confirmation", { code: data.get("code") }),
  });
  if (confirmed !== undefined) {
    changed();
    tell(
      t("codes.recovery"),
      html`<p>${t("codes.keep")}</p>
        <ul>
          ${confirmed.recovery.map((code) => html`<li><code dir="ltr">${code}</code></li>`)}
        </ul>`,
    );
  }
}

async function end(changed) {
  const done = await ask({
    title: t("codes.end-title"),
    content: html`<p>${t("codes.end-what")}</p>
      <label>${t("sign-in.code")}
        <input name="code" dir="ltr" autocomplete="one-time-code" required autofocus>
      </label>`,
    action: t("codes.end-do"),
    danger: true,
    act: (data) => send("POST", "/totp/end", { code: data.get("code") }),
  });
  if (done !== undefined) {
    changed();
  }
}
