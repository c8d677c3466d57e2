// The fleet at a glance: what is failing or behind stands first.
import { html, nothing } from "/lib/lit-html.js";
import { send } from "./api.js";
import { ask } from "./dialog.js";
import { bytes, number, time } from "./format.js";
import { table } from "./table.js";
import { code, own, t } from "./text.js";

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
      ${figure(t("fleet.down"), aSecond(rates?.down))}
      ${figure(t("fleet.up"), aSecond(rates?.up))}
      ${figure(t("fleet.revision"), number(status.revision))}
    </dl>
    <h2>${t("fleet.nodes")}</h2>
    ${table(
      t("fleet.nodes"),
      columns(status.revision, mayChange),
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

function urgency(node) {
  return node.secondHolder !== undefined ? 0 : node.behind ? 1 : node.draining === true ? 2 : 3;
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
      return html`<span class="badge warn">${t("fleet.behind")}</span>`;
    case 2:
      return html`<span class="badge warn">${t("fleet.draining")}</span>`;
    default:
      return html`<span class="badge good">${t("fleet.serving")}</span>`;
  }
}

function columns(desired, mayChange) {
  const ran = ({ behind, revision }) => (behind ? part(revision, desired) : number(revision));
  const shown = [
    { title: t("fleet.name"), cell: (node) => (node.name === undefined ? t("fleet.beside") : own(node.name)) },
    { title: t("fleet.state"), cell: state },
    { title: t("fleet.revision"), kind: "number", cell: (node) => (node.isAway ? nothing : ran(node)) },
    { title: t("fleet.clients"), kind: "number", cell: (node) => (node.isAway ? nothing : number(node.clients)) },
    { title: t("fleet.server"), cell: (node) => (node.isAway ? seen(node) : code(node.server)) },
    { title: t("fleet.cover"), cell: (node) => (node.isAway ? nothing : code(node.cover)) },
  ];
  const actions = (node) =>
    node.isAway || node.name === undefined || node.draining === true
      ? nothing
      : html`<button @click=${() => drain(node)}>${t("drain.do")}</button>`;
  return mayChange ? [...shown, { kind: "end", cell: actions }] : shown;
}

function seen(node) {
  return html`<span class="faint">${node.seen === undefined ? t("fleet.never") : t("fleet.seen", { time: time(node.seen) })}</span>`;
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
