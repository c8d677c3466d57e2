// Addresses that meet the cover.
import { html, nothing } from "/lib/lit-html.js";
import { all, get, send } from "./api.js";
import { ask } from "./dialog.js";
import { list, number, time } from "./format.js";
import { listsOfTheFleet } from "./lists.js";
import { table } from "./table.js";
import { code, own, t } from "./text.js";

/** People's and rules', and the fleet's lists. */
export async function bans() {
  const [people, rules, { lists }] = await Promise.all([
    all("/bans?limit=5000", "bans"),
    get("/bans/rules"),
    get("/lists"),
  ]);
  return { bans: people.bans, rules: rules.bans, lists };
}

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
    <h2>${t("rules.title")}</h2>
    ${table(
      t("rules.title"),
      [
        { title: t("bans.addresses"), cell: (ban) => code(ban.prefix) },
        { title: t("bans.why"), kind: "wrap", cell: (ban) => t(`rules.${ban.rule}`) },
        { title: t("rules.node"), cell: (ban) => own(ban.node) },
        { title: t("bans.until"), cell: (ban) => time(ban.expiry) },
        { kind: "end", cell: (ban) => html`<button @click=${() => lift(ban, changed)}>${t("lift.do")}</button>` },
      ],
      data.rules,
      t("rules.none"),
    )}
    ${listsOfTheFleet(data.lists, changed)}
  `;
}

/** So many secrets are named; the rest are others. */
const MOST_NAMED = 8;

/** Says whom it cuts first, and bans when it is pressed again for the same addresses. */
async function add(changed) {
  let reached = null;
  const edited = (redraw) => () => {
    reached = null;
    redraw();
  };
  const added = await ask({
    title: t("bans.add"),
    content: (redraw) => html`<p>${t("ban.what")}</p>
      <label>${t("ban.prefix", { example: "192.0.2.0/24" })}
        <input name="prefix" dir="ltr" required autofocus @input=${edited(redraw)}>
      </label>
      <label>${t("ban.why")} <input name="reason" dir="auto" required maxlength="200"></label>
      <label>${t("ban.hours")}
        <input name="hours" type="number" min="1" max="87600">
      </label>
      <div role="status">${reached === null ? nothing : reach(reached.answer)}</div>`,
    action: () => (reached === null ? t("ban.reach") : t("ban.do")),
    isSettled: (data) => reached?.asked === data.get("prefix"),
    danger: true,
    look: async (data, present) => {
      const prefix = data.get("prefix");
      const answer = await get(`/bans/simulation?prefix=${encodeURIComponent(prefix)}`);
      if (prefix === present().get("prefix")) { // else it was edited meanwhile
        reached = { asked: prefix, answer };
      }
    },
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

function reach({ connections, secrets, nodes, silent }) {
  return html`<p class=${connections === 0 ? nothing : "bad"}>${t("ban.reached", { count: number(connections) })}</p>
    ${connections === 0
      ? nothing
      : html`${secrets.length === 0 ? nothing : html`<p>${t("ban.secrets", { list: counts(secrets) })}</p>`}
          <p>${t("ban.nodes", { list: counts(nodes) })}</p>`}
    ${silent.length === 0 ? nothing : html`<p class="warn">${t("ban.silent", { list: list(silent) })}</p>`}`;
}

function counts(all) {
  const named = all.slice(0, MOST_NAMED);
  const others = all.slice(MOST_NAMED).reduce((sum, { connections }) => sum + connections, 0);
  const shown = others === 0 ? named : [...named, { name: t("ban.others"), connections: others }];
  return list(shown.map(({ name, connections }) => t("ban.entry", { name, count: number(connections) })));
}

async function lift(ban, changed) {
  const done = await ask({
    title: t("lift.title", { prefix: ban.prefix }),
    content: html`<p>${t("lift.what")}</p>
      ${ban.rule === undefined ? nothing : html`<p>${t("rules.lift")}</p>`}`,
    action: t("lift.do"),
    act: () => send("DELETE", `/bans/${encodeURIComponent(ban.prefix)}`),
  });
  if (done !== undefined) {
    changed();
  }
}
