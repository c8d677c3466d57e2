// What has passed, by hour or by day, by node and by secret.
import { html, svg } from "/lib/lit-html.js";
import { bytes, number, time } from "./format.js";
import { table } from "./table.js";
import { own, t } from "./text.js";

const WIDTH = 960;
const HEIGHT = 220;

/** Periods of which kind are shown, in UTC: how long each is, and how many. */
const LENGTHS = { hour: { millis: 3_600_000, count: 48 }, day: { millis: 86_400_000, count: 60 } };

let by = "hour";

/** What is asked for: two days by the hour, two months by the day. */
export function trafficQuery() {
  return `/traffic?by=${by}&limit=${LENGTHS[by].count}`;
}

export function trafficPage({ data, changed }) {
  const choose = (event) => {
    by = event.target.value;
    changed();
  };
  return html`
    <h1>${t("page.traffic")}</h1>
    <div class="bar">
      <label>${t("traffic.by")}
        <select @change=${choose}>
          <option value="hour" ?selected=${by === "hour"}>${t("traffic.hour")}</option>
          <option value="day" ?selected=${by === "day"}>${t("traffic.day")}</option>
        </select>
      </label>
    </div>
    <div class="sheet">${chart(data.periods)}</div>
    <h2>${t("traffic.by-secret")}</h2>
    ${sums(data.secrets, t("traffic.secret"))}
    <h2>${t("traffic.by-node")}</h2>
    ${sums(data.nodes, t("traffic.node"))}
  `;
}

/** The last ones, those too in which nothing passed, the oldest first. */
function all(periods) {
  const { millis, count } = LENGTHS[by];
  const known = new Map(periods.map((period) => [Date.parse(period.from), period]));
  const last = Math.floor(Date.now() / millis) * millis;
  return Array.from({ length: count }, (_, i) => {
    const from = last - (count - 1 - i) * millis;
    return known.get(from) ?? { from, up: 0, down: 0 };
  });
}

function chart(known) {
  if (known.length === 0) {
    return html`<p class="faint empty">${t("traffic.nothing")}</p>`;
  }
  const periods = all(known);
  const most = Math.max(1, ...periods.map(({ up, down }) => up + down));
  const width = WIDTH / periods.length;
  const scale = (count) => (count / most) * HEIGHT;
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img"
      aria-label=${t("traffic.chart", { bytes: bytes(most) })}>
      ${periods.map((period, i) => {
        const down = scale(period.down);
        const up = scale(period.up);
        return svg`<g>
          <title>${t("traffic.period", { from: time(period.from), down: bytes(period.down), up: bytes(period.up) })}</title>
          <rect class="down" x=${i * width + 1} y=${HEIGHT - down} width=${Math.max(1, width - 2)} height=${down}></rect>
          <rect class="up" x=${i * width + 1} y=${HEIGHT - down - up} width=${Math.max(1, width - 2)} height=${up}></rect>
        </g>`;
      })}
    </svg>
    <p class="faint legend">
      <span class="down">■</span> ${t("traffic.to-clients")}
      <span class="up">■</span> ${t("traffic.from-clients")}.
      ${t("traffic.span", { from: time(periods[0].from), to: time(periods.at(-1).from), bytes: bytes(most) })}
    </p>`;
}

function sums(rows, label) {
  const sorted = [...rows].sort((a, b) => b.up + b.down - a.up - a.down).slice(0, 50);
  return table(
    label,
    [
      { title: label, cell: ({ name }) => own(name) },
      { title: t("traffic.down"), kind: "number", cell: ({ down }) => bytes(down) },
      { title: t("traffic.up"), kind: "number", cell: ({ up }) => bytes(up) },
      { title: t("traffic.opened"), kind: "number", cell: ({ opened }) => number(opened) },
      { title: t("traffic.open"), kind: "number", cell: ({ open }) => number(open ?? 0) },
    ],
    sorted,
    t("traffic.none"),
  );
}
