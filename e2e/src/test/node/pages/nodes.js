// A node elsewhere, as an operator sees it: it comes, is drained, comes again, and is killed.
import assert from 'node:assert/strict'

import { PASSWORD, answer, done, go, press, row } from './parts.js'

/** A node that is gone is shown so, seconds after. */
const SHOWN_MILLIS = 30_000 // 10 are promised, of a machine with less to do

export async function nodes(browser, page, around) {
  await go(page, 'Fleet')
  const { token } = await done(page, 'POST', '/nodes', { name: 'paris', password: PASSWORD })
  await around('join', { token })
  await around('run')
  const paris = row(page, 'paris')
  await paris.getByText('serving').waitFor()
  const { links } = await done(page, 'GET', '/secrets/alice/links')
  await around('connect far', { link: links[0].https })
  await cell(paris, 'Clients', /^\s*1\s*$/).waitFor()
  await cell(paris, 'Data centres', 'answer: 203').waitFor()
  await cell(paris, 'Through itself', /\d in \d+\sms/).waitFor()
  await cell(paris, 'Loops\' lag', /\sms/).waitFor()
  await cell(paris, 'Role', 'node alone').waitFor()
  await cell(row(page, 'beside the control'), 'Role', 'control and node').waitFor()
  await drained(browser, page, around, paris)
  await around('run')
  await paris.getByText('serving').waitFor()
  await around('kill far')
  await paris.getByText('away', { exact: true }).waitFor({ timeout: SHOWN_MILLIS })
  assert.match(await page.getByRole('row').nth(1).textContent(), /paris/, 'what is away stands first')
}

/** Says whom it will cut, shows that it goes on, and that it has ended. */
async function drained(browser, page, around, paris) {
  await press(paris, 'Drain')
  await page.getByRole('dialog').getByText('those that it has now (1)').waitFor()
  await browser.picture(page, 'drain')
  await answer(page, { Minutes: '2' }, 'Drain')
  await paris.getByText('draining').waitFor()
  await browser.picture(page, 'draining')
  await around('leave')
  await around('far ends')
  await paris.getByText('away', { exact: true }).waitFor()
}

function cell(within, title, text) {
  return within.locator(`td[data-label="${title}"]`).filter({ hasText: text })
}
