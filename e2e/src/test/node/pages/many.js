// More secrets than a page shows: the others are found by a part of their names.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'

import { done, go, heading, row } from './parts.js'

const MANY = 250

export async function many(browser, session) {
  const page = await browser.page({ storageState: session })
  await page.goto(browser.origin)
  await heading(page, 'Fleet')
  const host = Buffer.from('cover.example').toString('hex')
  const secrets = {}
  for (let i = 0; i < MANY; i++) {
    secrets[`user${String(i).padStart(3, '0')}`] = `ee${randomBytes(16).toString('hex')}${host}`
  }
  await done(page, 'POST', '/imports', { secrets })
  const asked = []
  page.on('request', (request) => asked.push(request.url()))
  await go(page, 'Secrets')
  await page.getByText(/The first 200 of 25\d: search for others/).waitFor()
  assert.equal(await row(page, 'user249').count(), 0)
  const search = page.getByRole('searchbox')
  await search.pressSequentially('user24')
  await row(page, 'user249').waitFor()
  assert.equal(await row(page, 'user').count(), 10)
  await search.fill('nobody at all')
  await page.getByText('None is like that.').waitFor()
  await search.fill('')
  await page.getByText(/The first 200 of 25\d: search for others/).waitFor()
  for (const url of asked.filter((each) => each.includes('/secrets?'))) {
    assert.equal(new URL(url).searchParams.get('limit'), '200', url)
  }
  await page.context().close()
}
