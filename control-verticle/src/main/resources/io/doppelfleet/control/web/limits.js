// What a secret may use: how that is entered, and what of it is used.
import { html, nothing } from "/lib/lit-html.js";
import { change, get } from "./api.js";
import { ask, tell } from "./dialog.js";
import { bytes, number } from "./format.js";
import { t } from "./text.js";

const HOUR = 3_600;
const DAY = 24 * HOUR;
const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** Of 2026-11-25T07:25:18Z those that say the day. */
const DAY_LETTERS = 10;

/** What can be entered: how it stands in limits, and how it gets there. The rest stays as it is. */
const FIELDS = {
  connections: {
    min: 1,
    of: (limits) => limits.connections,
    put: (limits, value) => ({ ...limits, connections: whole(value) }),
  },
  addresses: {
    min: 1,
    of: (limits) => limits.addresses?.count,
    put: (limits, value) => ({
      ...limits,
      addresses: value === undefined ? undefined : { window: DAY, ...limits.addresses, count: whole(value) },
    }),
  },
  month: bytesIn("month"),
  total: bytesIn("total"),
  rate: {
    step: "any",
    min: 0,
    of: ({ rate }) => scaled(rate, MIB),
    put: (limits, value) => ({ ...limits, rate: whole(value, MIB) }),
  },
  expiry: {
    type: "date",
    of: ({ expiry }) => expiry?.slice(0, DAY_LETTERS),
    put: (limits, value) => ({ ...limits, expiry: value === undefined ? undefined : `${value}T00:00:00Z` }),
  },
};

function bytesIn(period) {
  return {
    step: "any",
    min: 0,
    of: (limits) => scaled(limits.bytes?.[period], GIB),
    put: (limits, value) => ({ ...limits, bytes: { ...limits.bytes, [period]: whole(value, GIB) } }),
  };
}

/** In a unit, of which a program may have set less than anybody would enter: that can be saved, too. */
function scaled(count, unit) {
  if (count === undefined) {
    return undefined;
  }
  const value = count / unit;
  return Number(value < 0.001 ? value.toPrecision(3) : value.toFixed(3));
}

function whole(value, unit = 1) {
  return value === undefined ? undefined : Math.round(Number(value) * unit);
}

/** Fields for a dialog, which show these limits. */
export function limitFields(limits) {
  const hours = number((limits.addresses?.window ?? DAY) / HOUR);
  return html`<fieldset>
    <legend>${t("limits.legend")}</legend>
    ${Object.entries(FIELDS).map(
      ([id, { type = "number", min, step, of }]) => html`<label>${t(`limit-of.${id}`, { hours })}
        <input name=${id} type=${type} min=${min ?? nothing} step=${step ?? nothing} value=${of(limits) ?? ""}>
      </label>`,
    )}
    <p class="faint">${t("limits.bytes")}</p>
  </fieldset>`;
}

/** What is entered there in place of what the fields showed, on top of what the limits are now. */
export function entered(data, shown, present = shown) {
  let limits = present;
  for (const [id, { of, put }] of Object.entries(FIELDS)) {
    const text = data.get(id);
    if (text !== String(of(shown) ?? "")) {
      limits = put(limits, text === "" ? undefined : text);
    }
  }
  return limits;
}

/** Shows a secret's limits and what of them is used by period, as far as that is known, and has them changed. */
export async function limit({ name }, used, changed) {
  const path = `/secrets/${encodeURIComponent(name)}`;
  const title = t("limits.title", { name });
  let limits;
  try {
    ({ limits } = await get(path)); // others may have changed them since
  } catch (problem) {
    return tell(title, html`<p class="problem" role="alert" dir="auto">${problem.message}</p>`);
  }
  const done = await ask({
    title,
    content: html`<p>${t("limits.what")}</p>
      ${Object.entries(limits.bytes ?? {})
        .filter(([period]) => used[period] !== undefined)
        .map(
          ([period, most]) =>
            html`<p>${t(`limit-used.${period}`, { used: bytes(used[period]), bytes: bytes(most) })}</p>`,
        )}
      ${limitFields(limits)}`,
    action: t("limits.do-set"),
    // What others have changed meanwhile stays.
    act: (data) => change(path, `${path}/limits`, (present) => entered(data, limits, present.limits)),
  });
  if (done !== undefined) {
    changed();
  }
}
