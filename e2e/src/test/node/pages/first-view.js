// What a browser that has nothing yet is sent until somebody sees the fleet, and how long that takes.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { PASSWORD, heading, signIn } from './parts.js'

const MOST_BYTES = 300 * 1024

export async function firstView(browser) {
  const page = await browser.page()
  const sent = []
  page.on('requestfinished', (request) => sent.push(request.sizes())) // the stream of events has no end
  const bytes = async () => (await Promise.all(sent)).reduce((sum, { responseBodySize }) => sum + responseBodySize, 0)
  const lines = []
  const measure = async (what, act) => {
    const began = performance.now()
    await act()
    const millis = Math.round(performance.now() - began)
    lines.push(`${what}: usable after ${millis} ms, with ${await bytes()} bytes sent by then`)
  }
  await measure('the page where one signs in', async () => {
    await page.goto(browser.origin)
    await page.getByLabel('Password').waitFor()
  })
  await measure('the fleet, from the password on', async () => {
    await signIn(page, 'admin', PASSWORD)
    await heading(page, 'Fleet')
    await page.getByRole('row').nth(1).waitFor()
  })
  await measure('the fleet, opened again', async () => {
    await page.reload()
    await page.getByRole('row').nth(1).waitFor()
  })
  writeFileSync(join(browser.pictures, 'first-view.txt'), `${lines.join('\n')}\n`)
  const all = await bytes()
  assert.ok(all <= MOST_BYTES, `${all} bytes are sent: ${lines.join('; ')}`)
  await page.context().close()
}
