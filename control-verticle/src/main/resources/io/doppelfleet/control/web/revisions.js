// Who changed what, when and from where; and how to undo it.
import { html, nothing } from "/lib/lit-html.js";
import { get, restore } from "./api.js";
import { ask, tell } from "./dialog.js";
import { time } from "./format.js";
import { table } from "./table.js";

export function revisionsPage({ data, changed }) {
  return html`
    <h1>Revisions</h1>
    ${table(
      "Revisions",
      [
        { title: "Number", kind: "number", cell: ({ number }) => number },
        { title: "When", cell: ({ at }) => time(at) },
        { title: "Who", cell: ({ author }) => author },
        { title: "From", cell: ({ origin }) => origin },
        { title: "What", kind: "wrap", cell: ({ what }) => what },
        { kind: "end", cell: (revision) => actions(revision, revision === data.revisions[0], changed) },
      ],
      data.revisions,
      "",
    )}
  `;
}

function actions(revision, isPresent, changed) {
  return html`${revision.number > 1 ? html`<button @click=${() => compare(revision)}>Changes</button>` : nothing}
  ${isPresent ? nothing : html`<button @click=${() => bringBack(revision, changed)}>Restore</button>`}`;
}

function changes(diff) {
  if (diff.changes.length === 0) {
    return html`<p>Nothing.</p>`;
  }
  return html`<ul>
    ${diff.changes.map(({ kind, id, before, after }) => {
      const how = before === undefined ? "added" : after === undefined ? "taken away" : "changed";
      return html`<li>${kind} <strong>${id}</strong>: ${how}</li>`;
    })}
  </ul>`;
}

async function compare({ number }) {
  let content;
  try {
    content = changes(await get(`/revisions/${number - 1}/diff?to=${number}`));
  } catch (problem) {
    content = html`<p class="problem" role="alert">${problem.message}</p>`;
  }
  return tell(`What revision ${number} changed`, content);
}

async function bringBack({ number }, changed) {
  let compared;
  try {
    compared = await get(`/revisions/${number}/restoration`);
  } catch (problem) {
    return tell(`Restore revision ${number}`, html`<p class="problem" role="alert">${problem.message}</p>`);
  }
  const done = await ask({
    title: `Restore revision ${number}?`,
    content: html`<p>It changes this now. A secret that is gone comes back with another key; what is taken away is cut.</p>
      ${changes(compared)}`,
    action: "Restore",
    danger: true,
    act: () => restore(number, compared.from),
  });
  if (done !== undefined) {
    changed();
  }
}
