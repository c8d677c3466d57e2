// Who changed what, when and from where; and how to undo it.
import { html } from "/lib/lit-html.js";
import { get, restore } from "./api.js";
import { ask, tell } from "./dialog.js";
import { time } from "./format.js";

export function revisionsPage({ data, changed }) {
  return html`
    <h1>Revisions</h1>
    <div class="sheet">
      <table>
        <thead>
          <tr><th class="number">Number</th><th>When</th><th>Who</th><th>From</th><th>What</th><td></td></tr>
        </thead>
        <tbody>
          ${data.revisions.map(
            (revision, i) => html`<tr>
              <td class="number">${revision.number}</td>
              <td>${time(revision.at)}</td>
              <td>${revision.author}</td>
              <td>${revision.origin}</td>
              <td class="wrap">${revision.what}</td>
              <td class="end">
                ${revision.number > 1 ? html`<button @click=${() => compare(revision)}>Changes</button>` : ""}
                ${i > 0 ? html`<button @click=${() => bringBack(revision, changed)}>Restore</button>` : ""}
              </td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
  `;
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
