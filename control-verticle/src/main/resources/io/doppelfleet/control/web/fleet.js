// The fleet at a glance: what is failing or behind stands first.
import { html } from "/lib/lit-html.js";
import { send } from "./api.js";
import { ask } from "./dialog.js";
import { bytes, number, time } from "./format.js";

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
    <div class="sheet">
      <table>
        <thead>
          <tr>
            <th>Name</th>
            <th>State</th>
            <th class="number">Revision</th>
            <th class="number">Clients</th>
            <th>Server</th>
            <th>Cover</th>
            <td></td>
          </tr>
        </thead>
        <tbody>
          ${status.away.map(awayRow)}
          ${sorted(status.nodes).map((node) => row(node, status.revision, mayChange))}
          ${status.nodes.length + status.away.length === 0
            ? html`<tr><td colspan="7" class="faint">No node has reported yet: ./doppelfleet node add NAME</td></tr>`
            : ""}
        </tbody>
      </table>
    </div>
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

function awayRow(node) {
  return html`<tr>
    <td>${node.name}</td>
    <td><span class="badge bad">away</span></td>
    <td class="number">-</td>
    <td class="number">-</td>
    <td colspan="3" class="faint">${node.seen === undefined ? "never seen" : html`last seen ${time(node.seen)}`}</td>
  </tr>`;
}

function state(node) {
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

function row(node, desired, mayChange) {
  const drains = mayChange && node.name !== undefined && node.draining !== true;
  return html`<tr>
    <td>${node.name ?? "beside the control"}</td>
    <td>${state(node)}</td>
    <td class="number">${node.behind ? `${node.revision} of ${desired}` : node.revision}</td>
    <td class="number">${number(node.clients)}</td>
    <td>${node.server}</td>
    <td>${node.cover}</td>
    <td class="end">${drains ? html`<button @click=${() => drain(node)}>Drain</button>` : ""}</td>
  </tr>`;
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
