// Who changed what, when and from where; and how to undo it.
import { html, nothing } from "/lib/lit-html.js";
import { get, restore } from "./api.js";
import { ask, tell } from "./dialog.js";
import { number, time } from "./format.js";
import { meant } from "./lists.js";
import { table } from "./table.js";
import { code, did, own, t } from "./text.js";

/** Nodes are asked about each. */
const MOST_BANS = 8;

export function revisionsPage({ data, changed }) {
  return html`
    <h1>${t("page.revisions")}</h1>
    ${table(
      t("page.revisions"),
      [
        { title: t("revisions.number"), kind: "number", cell: (revision) => number(revision.number) },
        { title: t("revisions.when"), cell: ({ at }) => time(at) },
        { title: t("revisions.who"), cell: ({ author }) => own(author) },
        { title: t("revisions.from"), cell: ({ origin }) => code(origin) },
        { title: t("revisions.what"), kind: "wrap", cell: ({ what }) => did(what) },
        { kind: "end", cell: (revision) => actions(revision, revision === data.revisions[0], changed) },
      ],
      data.revisions,
      "",
    )}
  `;
}

function actions(revision, isPresent, changed) {
  return html`${revision.number > 1 ? html`<button @click=${() => compare(revision)}>${t("changes.do")}</button>` : nothing}
  ${isPresent ? nothing : html`<button @click=${() => bringBack(revision, changed)}>${t("restore.do")}</button>`}`;
}

function changes(diff) {
  if (diff.changes.length === 0) {
    return html`<p>${t("changes.nothing")}</p>`;
  }
  return html`<ul>
    ${diff.changes.map((change) => {
      const { kind, id, before, after } = change;
      const how = before === undefined ? "added" : after === undefined ? "gone" : "changed";
      return html`<li>${t(`kind.${kind}`)} <strong>${code(id)}</strong>: ${t(`change.${how}`)}
        ${change.came === undefined ? nothing : ofList(change)}</li>`;
    })}
  </ul>`;
}

/** What it is for, and how many prefixes came and went. */
function ofList({ before, after, came, went }) {
  const { use } = after ?? before;
  const turned = (before ?? after).use !== use;
  return html`<br>${turned ? t(`list-turned.${use}`) : t(`list-use.${use}`)}
    <br>${t("change.prefixes", { came: number(came), went: number(went) })}`;
}

async function compare(revision) {
  let content;
  try {
    content = changes(await get(`/revisions/${revision.number - 1}/diff?to=${revision.number}`));
  } catch (problem) {
    content = html`<p class="problem" role="alert" dir="auto">${problem.message}</p>`;
  }
  return tell(t("changes.title", { number: number(revision.number) }), content);
}

async function bringBack(revision, changed) {
  const title = t("restore.title", { number: number(revision.number) });
  let compared;
  let reach;
  try {
    compared = await get(`/revisions/${revision.number}/restoration`);
    reach = await reached(compared);
  } catch (problem) {
    return tell(title, html`<p class="problem" role="alert" dir="auto">${problem.message}</p>`);
  }
  const dangers = compared.dangers ?? []; // an older control knows of none
  const done = await ask({
    title,
    content: html`<p>${t("restore.what")}</p>
      <p class=${reach.cut === 0 ? nothing : "bad"}>
        ${reach.whole ? t("restore.cut", { count: number(reach.cut) }) : t("restore.cut-at-least", { count: number(reach.cut) })}
      </p>
      ${changes(compared)} ${dangers.length === 0 ? nothing : meant(dangers)}`,
    action: t("restore.do"),
    danger: true,
    act: () => restore(revision.number, compared.from, dangers),
  });
  if (done !== undefined) {
    changed();
  }
}

/** Connections now that are cut by it: of secrets that go, and of addresses that are banned again; whether those are all. */
async function reached({ changes: all, cut }) {
  const bans = all.filter(({ kind, before }) => kind === "ban" && before === undefined);
  const reach = { cut, whole: bans.length <= MOST_BANS && !all.some(mayCutMore) };
  for (const { id } of bans.slice(0, MOST_BANS)) { // few may be asked about at once
    try {
      const { connections, silent } = await get(`/bans/simulation?prefix=${encodeURIComponent(id)}`);
      reach.cut += connections;
      reach.whole &&= silent.length === 0;
    } catch {
      reach.whole = false; // it may be restored all the same
    }
  }
  return reach;
}

/** Of whom lists refuse and limits of all secrets end nobody is asked, nor of whom another end or other bytes of one cut. */
function mayCutMore({ kind, before, after }) {
  const isThereStill = before !== undefined && after !== undefined;
  return kind === "list" || kind === "settings" || (kind === "secret" && isThereStill && ends(before) !== ends(after));
}

/** What cuts connections when it is reached, as a text; what isn't there is the settings'. */
function ends({ limits }) {
  return JSON.stringify([limits?.bytes, limits?.expiry]);
}
