// Tables that a phone shows as cards.
import { html, nothing } from "/lib/lit-html.js";

/**
 * A table, and what stands there where it has no rows.
 *
 * @param columns of each its title, what a row has there, and its kind: "number", "wrap", "end" or none
 */
export function table(label, columns, rows, empty) {
  // A table that is shown as something else is one to nobody who hears it, unless that is said.
  return html`<div class="sheet">
    <table role="table" aria-label=${label}>
      <thead role="rowgroup">
        <tr role="row">
          ${columns.map(({ title, kind }) =>
            title === undefined
              ? html`<td role="cell"></td>`
              : html`<th role="columnheader" scope="col" class=${kind ?? nothing}>${title}</th>`,
          )}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows.map(
          (row) => html`<tr role="row">
            ${columns.map(
              ({ title, kind, cell }) =>
                html`<td role="cell" class=${kind ?? nothing} data-label=${title ?? nothing}>${cell(row)}</td>`,
            )}
          </tr>`,
        )}
        ${rows.length === 0 ? html`<tr role="row"><td role="cell" colspan=${columns.length} class="faint">${empty}</td></tr>` : nothing}
      </tbody>
    </table>
  </div>`;
}
