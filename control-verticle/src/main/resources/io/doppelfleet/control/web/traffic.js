// What has passed, by hour, day or month, in all, by node and by secret.
import { html } from "/lib/lit-html.js";
import { get } from "./api.js";
import { chart } from "./chart.js";
import { bytes, day, month, number, time } from "./format.js";
import { table } from "./table.js";
import { own, t } from "./text.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** How many periods are shown, in UTC, what the API is asked for them, and what they are called. */
const PERIODS = {
  hour: { count: 48, ask: "by=hour&limit=48", label: time },
  day: { count: 60, ask: "by=day&limit=60", label: day },
  month: { count: 12, ask: "by=day&limit=400", label: month },
};

/** What may be chosen of secrets: more are no list any more. */
const MOST_CHOICES = 200;

let by = "hour";

/** Of what: all, or a node or a secret of this name. */
let of = { kind: "all" };

export async function traffic() {
  const { ask } = PERIODS[by];
  const whole = await get(`/traffic?${ask}`);
  if (of.kind === "secret" && whole.secrets.some(({ name }) => name === of.name)) {
    whole.periods = (await get(`/secrets/${encodeURIComponent(of.name)}/traffic?${ask}`)).periods;
  } else if (of.kind === "node") {
    whole.periods = whole.periods.flatMap(({ from, nodes }) =>
      nodes.filter(({ name }) => name === of.name).map((moved) => ({ ...moved, from })),
    );
  }
  return whole;
}

export function trafficPage({ data, changed }) {
  const choose = (take) => (event) => {
    take(event.target.value);
    changed();
  };
  const nodes = sorted(data.nodes);
  const secrets = sorted(data.secrets);
  return html`
    <h1>${t("page.traffic")}</h1>
    <div class="bar">
      <label>${t("traffic.by")}
        <select @change=${choose((value) => (by = value))}>
          ${Object.keys(PERIODS).map(
            (each) => html`<option value=${each} ?selected=${by === each}>${t(`period.${each}`)}</option>`,
          )}
        </select>
      </label>
      <label>${t("traffic.of")}
        <select @change=${choose((value) => (of = JSON.parse(value)))}>
          ${option({ kind: "all" }, t("traffic.all"))}
          <optgroup label=${t("traffic.by-node")}>${nodes.map(({ name }) => option({ kind: "node", name }, name))}</optgroup>
          <optgroup label=${t("traffic.secrets")}>
            ${secrets.slice(0, MOST_CHOICES).map(({ name }) => option({ kind: "secret", name }, name))}
          </optgroup>
        </select>
      </label>
    </div>
    <div class="sheet">
      ${data.periods.length === 0
        ? html`<p class="faint empty">${t("traffic.nothing")}</p>`
        : chart(filled(data.periods), ({ from }) => PERIODS[by].label(from))}
    </div>
    <h2>${t("traffic.by-secret")}</h2>
    ${sums(secrets, t("traffic.secret"))}
    <h2>${t("traffic.by-node")}</h2>
    ${sums(nodes, t("traffic.node"))}
  `;
}

function option(value, text) {
  const isChosen = of.kind === value.kind && of.name === value.name;
  return html`<option value=${JSON.stringify(value)} ?selected=${isChosen}>${text}</option>`;
}

function sorted(rows) {
  return [...rows].sort((a, b) => b.up + b.down - a.up - a.down);
}

/** When each of the last periods began, the oldest first. */
function begins() {
  const { count } = PERIODS[by];
  const now = new Date();
  return Array.from({ length: count }, (_, i) => {
    const ago = count - 1 - i;
    return by === "month"
      ? Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - ago)
      : (Math.floor(now / length()) - ago) * length();
  });
}

function length() {
  return by === "hour" ? HOUR : DAY;
}

/** All of them, those too in which nothing passed. */
function filled(periods) {
  const all = begins().map((from) => ({ from, up: 0, down: 0 }));
  for (const { from, up, down } of periods) {
    const period = all.findLast((each) => each.from <= Date.parse(from));
    if (period !== undefined) {
      period.up += up;
      period.down += down;
    }
  }
  return all;
}

function sums(rows, label) {
  return table(
    label,
    [
      { title: label, cell: ({ name }) => own(name) },
      { title: t("traffic.down"), kind: "number", cell: ({ down }) => bytes(down) },
      { title: t("traffic.up"), kind: "number", cell: ({ up }) => bytes(up) },
      { title: t("traffic.opened"), kind: "number", cell: ({ opened }) => number(opened) },
      { title: t("traffic.open"), kind: "number", cell: ({ open }) => number(open ?? 0) },
    ],
    rows.slice(0, 50),
    t("traffic.none"),
  );
}
