// The fleet at a glance: what is failing or behind stands first.
import { html, nothing } from "/lib/lit-html.js";
import { send } from "./api.js";
import { ask } from "./dialog.js";
import { bytes, number, time } from "./format.js";
import { table } from "./table.js";

export function fleetPage({ status, rates, mayChange }) {
  if (status === null) {
    return html`<p class="faint" role="status">Waiting for the control…</p>`;
  }
  const clients = status.nodes.reduce((sum, node) => sum + node.clients, 0);
  return html`
    <h1>Fleet</h1>
    <dl class="figures sheet">
      ${figure("Nodes", `${status.nodes.length} of ${status.nodes.length + status.away.length}`)}
      ${figure("Clients", number(clients))}
      ${figure("Connections", number(status.traffic.open))}
      ${figure("To clients", rates === null ? "…" : `${bytes(rates.down)}/s`)}
      ${figure("From clients", rates === null ? "…" : `${bytes(rates.up)}/s`)}
      ${figure("Revision", number(status.revision))}
    </dl>
    <h2>Nodes</h2>
    ${table(
      "Nodes",
      columns(status.revision, mayChange),
      [...status.away.map((node) => ({ ...node, isAway: true })), ...sorted(status.nodes)],
      "No node has reported yet: ./doppelfleet node add NAME",
    )}
  `;
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
    return html`<span class="badge bad">away</span>`;
  }
  switch (urgency(node)) {
    case 0:
      return html`<span class="badge bad" title="another machine holds this node's identity">two machines</span>`;
    case 1:
      return html`<span class="badge warn">behind</span>`;
    case 2:
      return html`<span class="badge warn">draining</span>`;
    default:
      return html`<span class="badge good">serving</span>`;
  }
}

function columns(desired, mayChange) {
  const ran = ({ behind, revision }) => (behind ? `${revision} of ${desired}` : revision);
  const shown = [
    { title: "Name", cell: (node) => node.name ?? "beside the control" },
    { title: "State", cell: state },
    { title: "Revision", kind: "number", cell: (node) => (node.isAway ? nothing : ran(node)) },
    { title: "Clients", kind: "number", cell: (node) => (node.isAway ? nothing : number(node.clients)) },
    { title: "Server", cell: (node) => (node.isAway ? seen(node) : node.server) },
    { title: "Cover", cell: (node) => node.cover ?? nothing },
  ];
  const actions = (node) =>
    node.isAway || node.name === undefined || node.draining === true
      ? nothing
      : html`<button @click=${() => drain(node)}>Drain</button>`;
  return mayChange ? [...shown, { kind: "end", cell: actions }] : shown;
}

function seen(node) {
  return html`<span class="faint">${node.seen === undefined ? "never seen" : `last seen ${time(node.seen)}`}</span>`;
}

function drain(node) {
  return ask({
    title: `Drain ${node.name}?`,
    content: html`<p>
        It takes no more clients, and ends when the ${number(node.clients)} that it has are gone, or after the time
        below: who is left then is cut. It stays in the fleet; start it again to serve.
      </p>
      <label>Minutes <input name="minutes" type="number" min="0" max="60" value="5" required></label>`,
    action: "Drain",
    danger: true,
    act: (data) =>
      send("POST", `/nodes/${encodeURIComponent(node.name)}/drain`, { time: Number(data.get("minutes")) * 60 }),
  });
}
