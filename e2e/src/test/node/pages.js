// Drives the dashboard in Debian's Chromium, as people do. Reads what to begin with from standard input as a
// JSON line; then writes what the test is to do around the pages as JSON lines, and reads that it is done.
// All was as it should be where this ends with status 0.
import { createInterface } from 'node:readline'

import { Browser } from './pages/browser.js'
import { look } from './pages/look.js'
import { many } from './pages/many.js'
import { operate } from './pages/operate.js'
import { rates } from './pages/rates.js'

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const { link, pictures } = JSON.parse((await lines.next()).value)

/** Has the test do something; what it answers. */
async function around(what, said = {}) {
  process.stdout.write(`${JSON.stringify({ do: what, ...said })}\n`)
  return JSON.parse((await lines.next()).value)
}

const browser = await Browser.start(new URL(link).origin, pictures)
try {
  await rates(browser.origin)
  const session = await operate(browser, link, around)
  await look(browser, session)
  await many(browser, session)
  browser.expectNoComplaints()
} catch (failure) {
  await browser.pictureFailure()
  throw failure
} finally {
  await browser.close()
}
process.exit(0)
