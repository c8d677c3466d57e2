// Who may use the fleet: found, added, given a new key, taken away.
import { html } from "/lib/lit-html.js";
import { get, send } from "./api.js";
import { copyable } from "./copy.js";
import { ask, tell } from "./dialog.js";
import { bytes, list, number, time } from "./format.js";
import { entered, limit, limitFields } from "./limits.js";
import { table } from "./table.js";
import { code, own, t } from "./text.js";

/** More rows than anybody reads would take a browser long. */
const MOST_ROWS = 200;

const HOUR = 3_600;

/** In which somebody who types is not asked for. */
const TYPING_MILLIS = 300;

let wanted = "";

/** By the name of a secret, and the period: bytes that are used of what is limited. Of those that are shown. */
let used = new Map();

/** What holds for secrets that have nothing of their own of its kind. */
let ofAll = {};

let typing;

/** Those that are looked for, as many as are shown, and what they use of their limits. */
export async function secrets() {
  const [data, usage, settings] = await Promise.all([get(path("secrets")), get(path("usage")), get("/settings")]);
  ofAll = settings.limits;
  used = new Map(usage.secrets.map((secret) => [secret.name, secret.bytes]));
  return data;
}

function path(what) {
  const search = wanted === "" ? "" : `&search=${encodeURIComponent(wanted)}`;
  return `/${what}?limit=${MOST_ROWS}${search}`;
}

/** The same as they are now, while an old key of one is good: who uses it is to be seen. */
export async function freshSecrets(data) {
  return data.secrets.some((secret) => oldKeyEnds(secret).length > 0) ? get(path("secrets")) : data;
}

export function secretsPage({ data, mayChange, changed, redraw }) {
  // Until those that are looked for have come, those of them that are there.
  const rows = data.secrets.filter(({ name, host }) => name.includes(wanted) || host.includes(wanted));
  const search = (event) => {
    wanted = event.target.value.trim();
    redraw();
    clearTimeout(typing);
    typing = setTimeout(changed, TYPING_MILLIS);
  };
  return html`
    <h1>${t("page.secrets")}</h1>
    <div class="bar">
      <input
        type="search"
        dir="auto"
        maxlength="253"
        placeholder=${t("secrets.search")}
        aria-label=${t("secrets.search")}
        .value=${wanted}
        @input=${search}>
      ${mayChange ? html`<button class="first" @click=${() => add(changed)}>${t("secrets.add")}</button>` : ""}
    </div>
    ${table(
      t("page.secrets"),
      columns(mayChange, changed),
      rows,
      wanted === "" ? t("secrets.none") : t("secrets.unlike"),
    )}
    <p class="faint" role="status">
      ${data.found > MOST_ROWS ? t("secrets.more", { shown: number(MOST_ROWS), all: number(data.found) }) : ""}
    </p>
  `;
}

function columns(mayChange, changed) {
  const shown = [
    { title: t("secrets.name"), cell: ({ name }) => own(name) },
    { title: t("secrets.host"), cell: ({ host }) => code(host) },
    { title: t("secrets.connections"), kind: "number", cell: ({ traffic }) => number(traffic.open) },
    { title: t("secrets.down"), kind: "number", cell: ({ traffic }) => bytes(traffic.down) },
    { title: t("secrets.up"), kind: "number", cell: ({ traffic }) => bytes(traffic.up) },
    { title: t("secrets.limits"), kind: "wrap", cell: limits },
    { title: t("secrets.keys"), kind: "wrap", cell: keys },
  ];
  const actions = (secret) => html`<button @click=${() => links(secret)}>${t("links.do")}</button>
    <button @click=${() => limit(secret, used.get(secret.name) ?? {}, changed)}>${t("limits.do")}</button>
    <button @click=${() => rotate(secret, changed)}>${t("rotate.do")}</button>
    <button class="danger" @click=${() => revoke(secret, changed)}>${t("revoke.do")}</button>`;
  return mayChange ? [...shown, { kind: "end", cell: actions }] : shown;
}

/** When its old keys end; those that have ended stay in the state until the next rotation. */
function oldKeyEnds({ keys: all }) {
  return all.map(({ until }) => Date.parse(until)).filter((end) => end > Date.now());
}

function keys(secret) {
  const ends = oldKeyEnds(secret);
  if (ends.length === 0) {
    return t("secrets.one-key");
  }
  const count = secret.oldKeyConnections;
  const used =
    count === undefined ? t("secrets.by-old-key-unknown") : t("secrets.by-old-key", { count: number(count) });
  return html`<div>
    <div class="warn">${t("secrets.old-key", { time: time(Math.max(...ends)) })}</div>
    <div class="beneath">${used}</div>
  </div>`;
}

function limits({ name, limits: own }) {
  const { connections, addresses, bytes: most = {}, rate, expiry } = { ...ofAll, ...own };
  const marked = (kind, limit) => (own[kind] === undefined ? t("limit.of-all", { limit }) : limit);
  const others = [];
  if (connections !== undefined) {
    others.push(marked("connections", t("limit.connections", { count: number(connections) })));
  }
  if (addresses !== undefined) {
    others.push(marked("addresses", t("limit.addresses", { count: number(addresses.count) })));
  }
  if (rate !== undefined) {
    others.push(marked("rate", t("limit.rate", { bytes: bytes(rate) })));
  }
  if (expiry !== undefined) {
    const key = Date.parse(expiry) > Date.now() ? "until" : "ended";
    others.push(marked("expiry", t(`limit.${key}`, { time: time(expiry) })));
  }
  const periods = Object.entries(most);
  const spentOf = ([period, count]) =>
    spent(used.get(name)?.[period], marked("bytes", t(`limit.${period}`, { bytes: bytes(count) })), count);
  return others.length + periods.length === 0
    ? html`<span class="faint">${t("limit.none")}</span>`
    : html`<div>${periods.map(spentOf)} ${list(others)}</div>`;
}

/** How much of a limit is used, where that is known. */
function spent(count, limit, most) {
  return count === undefined
    ? html`<div>${limit}</div>`
    : html`<div>${t("limit.used", { used: bytes(count), limit })}</div>
        <meter max=${most} high=${0.9 * most} .value=${count} aria-label=${limit}></meter>`;
}

function at(secret, what = "") {
  return `/secrets/${encodeURIComponent(secret.name)}${what}`;
}

async function add(changed) {
  const added = await ask({
    title: t("secrets.add"),
    content: html`<label>${t("add.name")} <input name="name" dir="ltr" required maxlength="64" autofocus></label>
      <label>${t("add.host")} <input name="host" dir="ltr"></label>
      ${limitFields({})}`,
    action: t("add.do"),
    act: (data) => {
      const body = { name: data.get("name") };
      if (data.get("host") !== "") {
        body.host = data.get("host");
      }
      const limits = entered(data, {});
      if (Object.keys(limits).length > 0) {
        body.limits = limits;
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
  const title = t("links.title", { name: secret.name });
  let answer;
  try {
    answer = await get(at(secret, "/links"));
  } catch (problem) {
    return tell(title, html`<p class="problem" role="alert" dir="auto">${problem.message}</p>`);
  }
  // Nodes that links call by one name have one.
  const all = [...new Map(answer.links.map((link) => [link.https, link])).values()];
  return tell(
    title,
    all.length === 0
      ? html`<p>${t("links.none", { name: secret.name })}</p>`
      : all.map(
          (link) => html`<p>${code(link.server)}</p>
            <svg class="code" role="img" aria-label=${t("links.code")} viewBox="-4 -4 ${link.qr.size + 8} ${link.qr.size + 8}">
              <path d=${link.qr.path}></path>
            </svg>
            ${copyable(link.https)}`,
        ),
  );
}

async function rotate(secret, changed) {
  const title = t("rotate.title", { name: secret.name });
  let overlap;
  try {
    ({ overlap } = await get("/settings")); // it may have been set since the page was loaded
  } catch (problem) {
    return tell(title, html`<p class="problem" role="alert" dir="auto">${problem.message}</p>`);
  }
  const done = await ask({
    title,
    content: html`<p>${t("rotate.what", { count: number(secret.traffic.open) })}</p>
      <label>
        ${t("rotate.hours", { hours: number(overlap / HOUR) })} <input name="hours" type="number" min="0" max="8760">
      </label>`,
    action: t("rotate.do"),
    act: (data) => {
      const hours = data.get("hours");
      return send("POST", at(secret, "/rotation"), hours === "" ? {} : { overlap: Number(hours) * HOUR });
    },
  });
  if (done !== undefined) {
    changed();
    await links(secret);
  }
}

async function revoke(secret, changed) {
  const done = await ask({
    title: t("revoke.title", { name: secret.name }),
    content: html`<p>${t("revoke.what", { count: number(secret.traffic.open) })}</p>`,
    action: t("revoke.do"),
    danger: true,
    act: () => send("DELETE", at(secret)),
  });
  if (done !== undefined) {
    changed();
  }
}
