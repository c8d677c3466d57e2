// All that was done, by whom and from where; administrators see it.
import { html, nothing } from "/lib/lit-html.js";
import { get } from "./api.js";
import { tell } from "./dialog.js";
import { time } from "./format.js";
import { table } from "./table.js";
import { code, did, own, t } from "./text.js";

const PATH = "/audit?limit=100";

export function auditEntries() {
  return get(PATH);
}

export function auditPage({ data, failed, redraw }) {
  const more = async () => {
    try {
      const older = await get(`${PATH}&cursor=${encodeURIComponent(data.next)}`);
      data.entries.push(...older.entries);
      data.next = older.next;
      redraw();
    } catch (problem) {
      failed(problem);
    }
  };
  return html`
    <h1>${t("page.audit")}</h1>
    ${table(
      t("page.audit"),
      [
        { title: t("audit.when"), cell: ({ at }) => time(at) },
        { title: t("audit.who"), cell: ({ author }) => (author === "" ? nothing : own(author)) },
        { title: t("audit.from"), cell: ({ origin }) => (origin === "" ? nothing : code(origin)) },
        { title: t("audit.kind"), cell: ({ kind }) => t(`deed.${kind}`) },
        { title: t("audit.what"), kind: "wrap", cell: ({ what }) => did(what) },
        { kind: "end", cell: details },
      ],
      data.entries,
      t("audit.none"),
    )}
    ${data.next === undefined ? nothing : html`<p><button @click=${more}>${t("audit.more")}</button></p>`}
  `;
}

function details(entry) {
  return entry.before === undefined && entry.after === undefined
    ? nothing
    : html`<button @click=${() => tell(t("audit.details"), changes(entry))}>${t("audit.details")}</button>`;
}

/** What it was and is, field by field, as the API has it. */
function changes({ what, before = {}, after = {} }) {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return html`<p>${did(what)}</p>
    ${table(
      t("audit.details"),
      [
        { title: t("audit.field"), cell: (field) => code(field) },
        { title: t("audit.before"), kind: "wrap", cell: (field) => value(before[field]) },
        { title: t("audit.after"), kind: "wrap", cell: (field) => value(after[field]) },
      ],
      fields,
      t("changes.nothing"),
    )}`;
}

function value(of) {
  return of === undefined ? nothing : code(typeof of === "string" ? of : JSON.stringify(of));
}
