// Bytes over time, as bars.
import { html, svg } from "/lib/lit-html.js";
import { bytes } from "./format.js";
import { t } from "./text.js";

const WIDTH = 960;
const HEIGHT = 220;

/** Lines at these parts of the greatest one. */
const LINES = [0, 0.5, 1];

/**
 * A chart.
 *
 * @param periods each with its bytes `up` and `down`, the oldest first; one at least
 * @param label of a period, as people read it
 */
export function chart(periods, label) {
  const most = Math.max(1, ...periods.map(({ up, down }) => up + down));
  const width = WIDTH / periods.length;
  const scale = (count) => (count / most) * HEIGHT;
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img"
      aria-label=${t("traffic.chart", { bytes: bytes(most) })}>
      ${LINES.map((part) => svg`<line x1="0" x2=${WIDTH} y1=${HEIGHT * part} y2=${HEIGHT * part}></line>`)}
      ${periods.map((period, i) => {
        const down = scale(period.down);
        const up = scale(period.up);
        return svg`<g>
          <title>${t("traffic.period", { from: label(period), down: bytes(period.down), up: bytes(period.up) })}</title>
          <rect class="all" x=${i * width} y="0" width=${width} height=${HEIGHT}></rect>
          <rect class="down" x=${i * width + 1} y=${HEIGHT - down} width=${Math.max(1, width - 2)} height=${down}></rect>
          <rect class="up" x=${i * width + 1} y=${HEIGHT - down - up} width=${Math.max(1, width - 2)} height=${up}></rect>
        </g>`;
      })}
    </svg>
    <p class="faint axis" dir="ltr">
      <bdi>${label(periods[0])}</bdi>
      <bdi>${label(periods[Math.floor(periods.length / 2)])}</bdi>
      <bdi>${label(periods.at(-1))}</bdi>
    </p>
    <p class="faint legend">
      <span class="down">■</span> ${t("traffic.to-clients")}
      <span class="up">■</span> ${t("traffic.from-clients")}.
      ${t("traffic.most", { bytes: bytes(most) })}
    </p>`;
}
