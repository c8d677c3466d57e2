// What has passed, by hour or by day, by node and by secret.
import { html, svg } from "/lib/lit-html.js";
import { bytes, number, time } from "./format.js";

const WIDTH = 960;
const HEIGHT = 220;

let by = "hour";

/** What is asked for: two days by the hour, two months by the day. */
export function trafficQuery() {
  return by === "hour" ? "/traffic?by=hour&limit=48" : "/traffic?by=day&limit=60";
}

export function trafficPage({ data, changed }) {
  const choose = (event) => {
    by = event.target.value;
    changed();
  };
  return html`
    <h1>Traffic</h1>
    <div class="bar">
      <label>By
        <select @change=${choose}>
          <option value="hour" ?selected=${by === "hour"}>hour, two days</option>
          <option value="day" ?selected=${by === "day"}>day, two months</option>
        </select>
      </label>
    </div>
    <div class="sheet">${chart([...data.periods].reverse())}</div>
    <h2>By secret, since it was added</h2>
    ${sums(data.secrets, "Secret")}
    <h2>By node</h2>
    ${sums(data.nodes, "Node")}
  `;
}

function chart(periods) {
  if (periods.length === 0) {
    return html`<p class="faint empty">Nothing has passed yet.</p>`;
  }
  const most = Math.max(1, ...periods.map(({ up, down }) => up + down));
  const width = WIDTH / periods.length;
  const scale = (count) => (count / most) * HEIGHT;
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img"
      aria-label="Bytes by ${by}, at most ${bytes(most)} in one">
      ${periods.map((period, i) => {
        const down = scale(period.down);
        const up = scale(period.up);
        return svg`<g>
          <title>${time(period.from)}: ${bytes(period.down)} to clients, ${bytes(period.up)} from clients</title>
          <rect class="down" x=${i * width + 1} y=${HEIGHT - down} width=${Math.max(1, width - 2)} height=${down}></rect>
          <rect class="up" x=${i * width + 1} y=${HEIGHT - down - up} width=${Math.max(1, width - 2)} height=${up}></rect>
        </g>`;
      })}
    </svg>
    <p class="faint legend">
      <span class="down">■</span> to clients <span class="up">■</span> from clients, ${time(periods[0].from)} to
      ${time(periods.at(-1).from)}; at most ${bytes(most)}
    </p>`;
}

function sums(rows, label) {
  const sorted = [...rows].sort((a, b) => b.up + b.down - a.up - a.down).slice(0, 50);
  return html`<div class="sheet">
    <table>
      <thead>
        <tr>
          <th>${label}</th>
          <th class="number">To clients</th>
          <th class="number">From clients</th>
          <th class="number">Connections</th>
          <th class="number">Now</th>
        </tr>
      </thead>
      <tbody>
        ${sorted.map(
          (each) => html`<tr>
            <td>${each.name}</td>
            <td class="number">${bytes(each.down)}</td>
            <td class="number">${bytes(each.up)}</td>
            <td class="number">${number(each.opened)}</td>
            <td class="number">${number(each.open ?? 0)}</td>
          </tr>`,
        )}
        ${sorted.length === 0 ? html`<tr><td colspan="5" class="faint">Nothing yet.</td></tr>` : ""}
      </tbody>
    </table>
  </div>`;
}
