// Who may use the fleet's API: people with accounts, programs with tokens. Administrators see it.
import { html } from "/lib/lit-html.js";
import { ownPassword } from "./account.js";
import { get, send } from "./api.js";
import { copyable } from "./copy.js";
import { ask, tell } from "./dialog.js";
import { time } from "./format.js";
import { table } from "./table.js";
import { code, own, t } from "./text.js";

const ROLES = ["viewer", "operator", "admin"];

export async function access() {
  return { ...(await get("/accounts")), ...(await get("/tokens")) };
}

export function settingsPage({ data, changed }) {
  return html`
    <h1>${t("page.settings")}</h1>
    <h2>${t("accounts.title")}</h2>
    <div class="bar"><button class="first" @click=${() => addAccount(changed)}>${t("accounts.add")}</button></div>
    ${table(
      t("accounts.title"),
      [
        { title: t("accounts.name"), cell: ({ name }) => own(name) },
        { title: t("accounts.role"), cell: ({ role }) => t(`role.${role}`) },
        { title: t("accounts.password"), cell: standing },
        { title: t("accounts.created"), cell: ({ created }) => time(created) },
        { kind: "end", cell: (account) => accountActions(account, changed) },
      ],
      data.accounts,
      t("accounts.none"),
    )}
    <h2>${t("tokens.title")}</h2>
    <div class="bar"><button class="first" @click=${() => addToken(changed)}>${t("tokens.add")}</button></div>
    ${table(
      t("tokens.title"),
      [
        { title: t("tokens.name"), cell: ({ name }) => own(name) },
        { title: t("tokens.role"), cell: ({ role }) => t(`role.${role}`) },
        { title: t("tokens.until"), cell: ({ expiry }) => time(expiry) },
        { title: t("tokens.by"), cell: ({ by }) => own(by) },
        { kind: "end", cell: (token) => tokenActions(token, changed) },
      ],
      data.tokens,
      t("tokens.none"),
    )}
  `;
}

function standing({ password, invited }) {
  if (invited !== undefined) {
    return html`<span class="warn">${t("accounts.invited", { time: time(invited) })}</span>`;
  }
  return password ? t("accounts.set") : t("accounts.unset");
}

function accountActions(account, changed) {
  return html`${account.totp ? html`<button @click=${() => forget(account, changed)}>${t("forget.do")}</button>` : ""}
    <button @click=${() => invite(account, changed)}>${t("invite.do")}</button>
    <button class="danger" @click=${() => remove(account, changed)}>${t("remove.do")}</button>`;
}

function tokenActions(token, changed) {
  return html`<button class="danger" @click=${() => revoke(token, changed)}>${t("revoke.do")}</button>`;
}

/** Does what is asked, shows what is shown once, and has the page loaded anew. */
async function asked(question, changed, shown = () => undefined) {
  const answer = await ask(question);
  if (answer !== undefined) {
    changed();
    shown(answer);
  }
}

function role() {
  return html`<label>${t("accounts.role")}
    <select name="role">
      ${ROLES.map((each) => html`<option value=${each}>${t(`role.${each}`)}</option>`)}
    </select>
  </label>`;
}

function invitation({ name, link, invitation: text, expiry }) {
  tell(
    t("invitation.title", { name }),
    html`<p>${t("invitation.what", { time: time(expiry) })}</p>
      ${copyable(link ?? text)}`,
  );
}

function addAccount(changed) {
  const question = {
    title: t("accounts.add"),
    content: html`<label>${t("accounts.name")} <input name="name" dir="ltr" required maxlength="64" autofocus></label>
      ${role()} ${ownPassword(false)}`,
    action: t("add.do"),
    act: (data) =>
      send("POST", "/accounts", { name: data.get("name"), role: data.get("role"), password: data.get("password") }),
  };
  return asked(question, changed, invitation);
}

function invite({ name }, changed) {
  const question = {
    title: t("invite.title", { name }),
    content: html`<p>${t("invite.what")}</p>
      ${ownPassword(true)}`,
    action: t("invite.do"),
    act: (data) =>
      send("POST", `/accounts/${encodeURIComponent(name)}/invitation`, { password: data.get("password") }),
  };
  return asked(question, changed, invitation);
}

function forget({ name }, changed) {
  const question = {
    title: t("forget.title", { name }),
    content: html`<p>${t("forget.what")}</p>`,
    action: t("forget.do"),
    danger: true,
    act: () => send("DELETE", `/accounts/${encodeURIComponent(name)}/totp`),
  };
  return asked(question, changed);
}

function remove({ name }, changed) {
  const question = {
    title: t("remove.title", { name }),
    content: html`<p>${t("remove.what")}</p>`,
    action: t("remove.do"),
    danger: true,
    act: () => send("DELETE", `/accounts/${encodeURIComponent(name)}`),
  };
  return asked(question, changed);
}

function addToken(changed) {
  const question = {
    title: t("tokens.add"),
    content: html`<label>${t("tokens.name")} <input name="name" dir="ltr" required maxlength="58" autofocus></label>
      ${role()}
      <label>${t("tokens.days")} <input name="days" type="number" min="1" max="366" value="30" required></label>
      ${ownPassword(false)}`,
    action: t("add.do"),
    act: (data) =>
      send("POST", "/tokens", {
        name: data.get("name"),
        role: data.get("role"),
        time: Number(data.get("days")) * 86_400,
        password: data.get("password"),
      }),
  };
  return asked(question, changed, ({ name, token, expiry }) =>
    tell(
      t("token.title", { name }),
      html`<p>${t("token.what", { time: time(expiry) })}</p>
        ${copyable(token)}
        <p class="faint">${code("Authorization: Bearer …")}</p>`,
    ),
  );
}

function revoke({ name }, changed) {
  const question = {
    title: t("revoke.title", { name }),
    content: html`<p>${t("tokens.revoked")}</p>`,
    action: t("revoke.do"),
    danger: true,
    act: () => send("DELETE", `/tokens/${encodeURIComponent(name)}`),
  };
  return asked(question, changed);
}
