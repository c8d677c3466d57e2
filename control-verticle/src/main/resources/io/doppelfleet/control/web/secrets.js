// Who may use the fleet: found, added, given a new key, taken away.
import { html } from "/lib/lit-html.js";
import { get, send } from "./api.js";
import { ask, tell } from "./dialog.js";
import { bytes, number, time } from "./format.js";
import { table } from "./table.js";

/** More rows than anybody reads would take a browser long. */
const MOST_ROWS = 200;

let wanted = "";

export function secretsPage({ data, mayChange, changed, redraw }) {
  const found = data.secrets.filter(({ name, host }) => name.includes(wanted) || host.includes(wanted));
  const search = (event) => {
    wanted = event.target.value.trim();
    redraw();
  };
  return html`
    <h1>Secrets</h1>
    <div class="bar">
      <input type="search" placeholder="Name or host" aria-label="Search" .value=${wanted} @input=${search}>
      ${mayChange ? html`<button class="first" @click=${() => add(changed)}>Add a secret</button>` : ""}
    </div>
    ${table(
      "Secrets",
      columns(mayChange, changed),
      found.slice(0, MOST_ROWS),
      data.secrets.length === 0 ? "No secrets yet." : "None is like that.",
    )}
    <p class="faint" role="status">
      ${found.length > MOST_ROWS ? `The first ${MOST_ROWS} of ${number(found.length)}: search for others.` : ""}
    </p>
  `;
}

function columns(mayChange, changed) {
  const shown = [
    { title: "Name", cell: ({ name }) => name },
    { title: "Host", cell: ({ host }) => host },
    { title: "Connections", kind: "number", cell: ({ traffic }) => number(traffic.open) },
    { title: "To clients", kind: "number", cell: ({ traffic }) => bytes(traffic.down) },
    { title: "From clients", kind: "number", cell: ({ traffic }) => bytes(traffic.up) },
    { title: "Limits", kind: "wrap", cell: (secret) => limits(secret.limits) },
    { title: "Keys", kind: "wrap", cell: keys },
  ];
  const actions = (secret) => html`<button @click=${() => links(secret)}>Links</button>
    <button @click=${() => rotate(secret, changed)}>Rotate</button>
    <button class="danger" @click=${() => revoke(secret, changed)}>Revoke</button>`;
  return mayChange ? [...shown, { kind: "end", cell: actions }] : shown;
}

function keys(secret) {
  // Keys that have ended stay in the state until the next rotation.
  const ends = secret.keys.map(({ until }) => Date.parse(until)).filter((end) => end > Date.now());
  return ends.length === 0 ? "one" : html`<span class="warn">old until ${time(Math.max(...ends))}</span>`;
}

function limits({ connections, addresses, bytes: most, rate, expiry }) {
  const all = [];
  if (connections !== undefined) {
    all.push(`${number(connections)} connections`);
  }
  if (addresses !== undefined) {
    all.push(`${number(addresses.count)} addresses`);
  }
  for (const [period, count] of Object.entries(most ?? {})) {
    all.push(period === "total" ? `${bytes(count)} in all` : `${bytes(count)} a ${period}`);
  }
  if (rate !== undefined) {
    all.push(`${bytes(rate)} a second`);
  }
  if (expiry !== undefined) {
    all.push(`${Date.parse(expiry) > Date.now() ? "until" : "ended"} ${time(expiry)}`);
  }
  return all.length === 0 ? html`<span class="faint">none</span>` : all.join(", ");
}

function at(secret, what = "") {
  return `/secrets/${encodeURIComponent(secret.name)}${what}`;
}

async function add(changed) {
  const added = await ask({
    title: "Add a secret",
    content: html`<label>Name <input name="name" required maxlength="64" autofocus></label>
      <label>Host name, the cover's unless you say another <input name="host"></label>`,
    action: "Add",
    act: (data) => {
      const body = { name: data.get("name") };
      if (data.get("host") !== "") {
        body.host = data.get("host");
      }
      return send("POST", "/secrets", body);
    },
  });
  if (added !== undefined) {
    changed();
    await links(added);
  }
}

async function links(secret) {
  let answer;
  try {
    answer = await get(at(secret, "/links"));
  } catch (problem) {
    return tell(`Links of ${secret.name}`, html`<p class="problem" role="alert">${problem.message}</p>`);
  }
  // Nodes that links call by one name have one.
  const all = [...new Map(answer.links.map((link) => [link.https, link])).values()];
  return tell(
    `Links of ${secret.name}`,
    all.length === 0
      ? html`<p>No node is there that ${secret.name} could be reached by.</p>`
      : all.map(
          (link) => html`<p>${link.server}</p>
            <svg class="code" role="img" aria-label="QR code of the link" viewBox="-4 -4 ${link.qr.size + 8} ${link.qr.size + 8}">
              <path d=${link.qr.path}></path>
            </svg>
            <p><code>${link.https}</code></p>
            <button type="button" @click=${(event) => copy(event, link.https)}>Copy</button>`,
        ),
  );
}

async function copy(event, text) {
  const button = event.target;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "The browser refused";
  }
}

async function rotate(secret, changed) {
  const done = await ask({
    title: `Rotate ${secret.name}?`,
    content: html`<p>
        It gets a new key and new links. The links of before work for the hours below; what uses them then is cut,
        of ${number(secret.traffic.open)} connections now.
      </p>
      <label>Hours <input name="hours" type="number" min="0" max="8760" value="24" required></label>`,
    action: "Rotate",
    act: (data) => send("POST", at(secret, "/rotation"), { overlap: Number(data.get("hours")) * 3600 }),
  });
  if (done !== undefined) {
    changed();
    await links(secret);
  }
}

async function revoke(secret, changed) {
  const done = await ask({
    title: `Revoke ${secret.name}?`,
    content: html`<p>
      ${number(secret.traffic.open)} connections are cut, and its links never work again. A restoration brings back
      the name, with another key.
    </p>`,
    action: "Revoke",
    danger: true,
    act: () => send("DELETE", at(secret)),
  });
  if (done !== undefined) {
    changed();
  }
}
