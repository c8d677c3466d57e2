// Addresses that meet the cover.
import { html } from "/lib/lit-html.js";
import { send } from "./api.js";
import { ask } from "./dialog.js";
import { time } from "./format.js";
import { table } from "./table.js";

export function bansPage({ data, changed }) {
  return html`
    <h1>Bans</h1>
    <div class="bar"><button class="first" @click=${() => add(changed)}>Ban addresses</button></div>
    ${table(
      "Bans",
      [
        { title: "Addresses", cell: (ban) => ban.prefix },
        { title: "Why", kind: "wrap", cell: (ban) => ban.reason },
        { title: "By", cell: (ban) => ban.author },
        { title: "Until", cell: (ban) => (ban.expiry === undefined ? "for good" : time(ban.expiry)) },
        { kind: "end", cell: (ban) => html`<button @click=${() => lift(ban, changed)}>Lift</button>` },
      ],
      data.bans,
      "Nobody is banned.",
    )}
  `;
}

async function add(changed) {
  const added = await ask({
    title: "Ban addresses",
    content: html`<p>Who has them is cut on all nodes, and sees the cover site from then on.</p>
      <label>An address, or a range like 192.0.2.0/24 <input name="prefix" required autofocus></label>
      <label>Why <input name="reason" required maxlength="200"></label>
      <label>For how many hours; for good where it is empty
        <input name="hours" type="number" min="1" max="87600">
      </label>`,
    action: "Ban",
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
    title: `Lift the ban of ${ban.prefix}?`,
    content: html`<p>Who has these addresses may use the fleet again.</p>`,
    action: "Lift",
    act: () => send("DELETE", `/bans/${encodeURIComponent(ban.prefix)}`),
  });
  if (done !== undefined) {
    changed();
  }
}
