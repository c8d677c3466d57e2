// Codes of an app beside the password: asked for, said, and asked for no more.
import { createHmac } from 'node:crypto'

import { PASSWORD, answer, heading, press, signIn } from './parts.js'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** As an app makes it of what it was told, by RFC 6238. */
function code(secret, step) {
  const bits = [...secret].map((letter) => LETTERS.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const seed = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const hash = createHmac('sha1', seed).update(counter).digest()
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

export async function codes(page) {
  await page.getByRole('banner').getByRole('link', { name: 'admin', exact: true }).click()
  await heading(page, 'Account')
  await press(page, 'Ask for codes')
  await answer(page, { 'Your password': PASSWORD }, 'Go on')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('img', { name: 'QR code for the app' }).waitFor()
  const secret = await dialog.locator('code').textContent()
  const step = Math.floor(Date.now() / 30_000)
  await answer(page, { Code: code(secret, step) }, 'Ask for codes from now on')
  const list = page.getByRole('dialog', { name: 'Recovery codes' })
  const recovery = await list.locator('code').first().textContent()
  await press(list, 'Close')
  await page.getByText('Recovery codes left: 10').waitFor()
  await press(page, 'Sign out')
  await signIn(page, 'admin', PASSWORD)
  await page.getByLabel('Code of the app').fill('000000')
  await press(page, 'Sign in')
  await page.getByRole('alert').filter({ hasText: 'The code is none of now' }).waitFor()
  await page.getByLabel('Code of the app').fill(code(secret, step + 1)) // that of this step was said
  await press(page, 'Sign in')
  await heading(page, 'Account')
  await press(page, 'Ask for no codes any more')
  await answer(page, { 'Code of the app': recovery }, 'Ask for none')
  await page.getByRole('button', { name: 'Ask for codes', exact: true }).waitFor()
}
