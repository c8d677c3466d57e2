// The fleet at a glance: what is failing or behind stands first.
import { html, nothing } from "/lib/lit-html.js";
import { send } from "./api.js";
import { ask } from "./dialog.js";
import { bytes, list, number, time } from "./format.js";
import { table } from "./table.js";
import { code, own, t } from "./text.js";

/** An event loop that is late by more is one that clients feel. */
const SLOW_MILLIS = 500;

export function fleetPage({ status, rates, mayChange }) {
  if (status === null) {
    return html`<p class="faint" role="status">${t("fleet.waiting")}</p>`;
  }
  const clients = status.nodes.reduce((sum, node) => sum + node.clients, 0);
  return html`
    <h1>${t("page.fleet")}</h1>
    <dl class="figures sheet">
      ${figure(t("fleet.nodes"), part(status.nodes.length, status.nodes.length + status.away.length))}
      ${figure(t("fleet.clients"), number(clients))}
      ${figure(t("fleet.connections"), number(status.traffic.open))}
      ${figure(t("fleet.down"), aSecond(rates?.all?.down))}
      ${figure(t("fleet.up"), aSecond(rates?.all?.up))}
      ${figure(t("fleet.revision"), number(status.revision))}
    </dl>
    <h2>${t("fleet.nodes")}</h2>
    ${table(
      t("fleet.nodes"),
      columns(status.revision, rates, mayChange),
      [...status.away.map((node) => ({ ...node, isAway: true })), ...sorted(status.nodes)],
      t("fleet.none"),
    )}
  `;
}

function part(count, all) {
  return t("fleet.of", { part: number(count), all: number(all) });
}

function aSecond(count) {
  return count === undefined ? "…" : t("unit.a-second", { bytes: bytes(Math.round(count)) });
}

function figure(label, value) {
  return html`<div><dt>${label}</dt><dd>${value}</dd></div>`;
}

/** Whether what it stands between doesn't answer it. */
function isFailing({ health }) {
  return (
    health !== undefined &&
    (health.coverDown || health.unreached.length > 0 || health.probes.some(({ failing }) => failing))
  );
}

/** The least first. */
function urgency(node) {
  if (node.secondHolder !== undefined) {
    return 0;
  }
  return isFailing(node) ? 1 : node.behind ? 2 : node.draining === true ? 3 : 4;
}

function sorted(nodes) {
  return [...nodes].sort((a, b) => urgency(a) - urgency(b) || a.server.localeCompare(b.server));
}

function state(node) {
  if (node.isAway) {
    return html`<span class="badge bad">${t("fleet.away")}</span>`;
  }
  switch (urgency(node)) {
    case 0:
      return html`<span class="badge bad" title=${t("fleet.why-two")}>${t("fleet.two")}</span>`;
    case 1:
      return html`<span class="badge bad">${t("fleet.failing")}</span>`;
    case 2:
      return html`<span class="badge warn">${t("fleet.behind")}</span>`;
    case 3:
      return html`<span class="badge warn">${t("fleet.draining")}</span>`;
    default:
      return html`<span class="badge good">${t("fleet.serving")}</span>`;
  }
}

function columns(desired, rates, mayChange) {
  const here = (cell) => (node) => (node.isAway ? nothing : cell(node));
  const told = (cell) => (node) => (node.health === undefined ? nothing : cell(node.health));
  const ran = ({ behind, revision }) => (behind ? part(revision, desired) : number(revision));
  const rate = (way) => here((node) => aSecond(rates?.nodes.get(node.name)?.[way]));
  const shown = [
    { title: t("fleet.name"), cell: named },
    { title: t("fleet.state"), cell: state },
    { title: t("fleet.role"), cell: here(role) },
    { title: t("fleet.revision"), kind: "number", cell: here(ran) },
    { title: t("fleet.clients"), kind: "number", cell: here(({ clients }) => number(clients)) },
    { title: t("fleet.down"), kind: "number", cell: rate("down") },
    { title: t("fleet.up"), kind: "number", cell: rate("up") },
    { title: t("fleet.lag"), kind: "number", cell: told(lag) },
    { title: t("fleet.datacenters"), cell: told(datacenters) },
    { title: t("fleet.probes"), cell: told(probes) },
    { title: t("fleet.cover"), cell: here(cover) },
  ];
  const actions = (node) =>
    node.isAway || node.role === "all" || node.draining === true
      ? nothing
      : html`<button @click=${() => drain(node)}>${t("drain.do")}</button>`;
  return mayChange ? [...shown, { kind: "end", cell: actions }] : shown;
}

/** What the operator calls it, and where it is. */
function named(node) {
  return html`<div>
    ${node.name === undefined ? t("fleet.beside") : own(node.name)}
    <div class="beneath">${node.isAway ? seen(node) : code(node.server)}</div>
    ${node.control === undefined ? nothing : html`<div class="beneath">${elsewhere(node.control)}</div>`}
  </div>`;
}

/** The other control of the store that it reports to. */
function elsewhere({ number: count, address }) {
  const where = t("fleet.elsewhere", { number: number(count) });
  return address === undefined ? where : html`${where}, ${code(address)}`;
}

/** What it does, and which version of it that is. */
function role({ role: word, health }) {
  return html`<div>
    ${t(`node-role.${word}`)}
    ${health === undefined ? nothing : html`<div class="beneath">${code(health.version)}</div>`}
  </div>`;
}

function lag({ lag: milliseconds }) {
  const text = t("unit.milliseconds", { count: number(milliseconds) });
  return html`<span class=${milliseconds < SLOW_MILLIS ? nothing : "warn"}>${text}</span>`;
}

/** That which doesn't answer stands first; of what no client has asked for nothing is known. */
function datacenters({ reached, unreached }) {
  if (reached.length + unreached.length === 0) {
    return html`<span class="faint">${t("fleet.unasked")}</span>`;
  }
  return html`${unreached.length === 0 ? nothing : html`<div class="bad">${t("fleet.unreached", { list: numbers(unreached) })}</div>`}
  ${reached.length === 0 ? nothing : html`<div>${t("fleet.reached", { list: numbers(reached) })}</div>`}`;
}

/** What became of the node when it came to itself as a client; what fails stands first. */
function probes({ probes: all }) {
  if (all.length === 0) {
    return html`<span class="faint">${t("fleet.unprobed")}</span>`;
  }
  const well = all.filter(({ failures }) => failures === 0);
  return html`${all.filter(({ failures }) => failures > 0).map(failed)}
  ${well.length === 0 ? nothing : html`<div>${list(well.map(took))}</div>`}`;
}

function failed({ datacenter, failing, failure }) {
  const text = { datacenter: number(datacenter), why: t(`probe.${failure}`) };
  return html`<div class=${failing ? "bad" : "warn"}>${t("fleet.probe-failed", text)}</div>`;
}

function took({ datacenter, millis }) {
  return t("fleet.probe-took", {
    datacenter: number(datacenter),
    time: t("unit.milliseconds", { count: number(millis) }),
  });
}

function numbers(all) {
  return list(all.map(number));
}

function cover({ cover: host, health }) {
  const answer =
    health === undefined
      ? nothing
      : health.coverDown
        ? html`<div class="bad">${t("fleet.cover-down")}</div>`
        : html`<div class="beneath">${t("fleet.cover-up")}</div>`;
  return html`<div>${code(host)} ${answer}</div>`;
}

function seen(node) {
  return node.seen === undefined ? t("fleet.never") : t("fleet.seen", { time: time(node.seen) });
}

function drain(node) {
  return ask({
    title: t("drain.title", { name: node.name }),
    content: html`<p>${t("drain.what", { count: number(node.clients) })}</p>
      <label>${t("drain.minutes")} <input name="minutes" type="number" min="0" max="60" value="5" required></label>`,
    action: t("drain.do"),
    danger: true,
    act: (data) =>
      send("POST", `/nodes/${encodeURIComponent(node.name)}/drain`, { time: Number(data.get("minutes")) * 60 }),
  });
}
