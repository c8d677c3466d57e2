// Addresses that meet the cover.
import { html } from "/lib/lit-html.js";
import { send } from "./api.js";
import { ask } from "./dialog.js";
import { time } from "./format.js";
import { table } from "./table.js";
import { code, own, t } from "./text.js";

export function bansPage({ data, changed }) {
  return html`
    <h1>${t("page.bans")}</h1>
    <div class="bar"><button class="first" @click=${() => add(changed)}>${t("bans.add")}</button></div>
    ${table(
      t("page.bans"),
      [
        { title: t("bans.addresses"), cell: (ban) => code(ban.prefix) },
        { title: t("bans.why"), kind: "wrap", cell: (ban) => own(ban.reason) },
        { title: t("bans.by"), cell: (ban) => own(ban.author) },
        { title: t("bans.until"), cell: (ban) => (ban.expiry === undefined ? t("bans.for-good") : time(ban.expiry)) },
        { kind: "end", cell: (ban) => html`<button @click=${() => lift(ban, changed)}>${t("lift.do")}</button>` },
      ],
      data.bans,
      t("bans.none"),
    )}
  `;
}

async function add(changed) {
  const added = await ask({
    title: t("bans.add"),
    content: html`<p>${t("ban.what")}</p>
      <label>${t("ban.prefix", { example: "192.0.2.0/24" })}
        <input name="prefix" dir="ltr" required autofocus></label>
      <label>${t("ban.why")} <input name="reason" dir="auto" required maxlength="200"></label>
      <label>${t("ban.hours")}
        <input name="hours" type="number" min="1" max="87600">
      </label>`,
    action: t("ban.do"),
    danger: true,
    act: (data) => {
      const body = { prefix: data.get("prefix"), reason: data.get("reason") };
      if (data.get("hours") !== "") {
        const end = new Date(Date.now() + Number(data.get("hours")) * 3_600_000);
        body.expiry = `${end.toISOString().slice(0, 19)}Z`; // whole seconds
      }
      return send("POST", "/bans", body);
    },
  });
  if (added !== undefined) {
    changed();
  }
}

async function lift(ban, changed) {
  const done = await ask({
    title: t("lift.title", { prefix: ban.prefix }),
    content: html`<p>${t("lift.what")}</p>`,
    action: t("lift.do"),
    act: () => send("DELETE", `/bans/${encodeURIComponent(ban.prefix)}`),
  });
  if (done !== undefined) {
    changed();
  }
}
