// One Chromium, what its pages complain of, and pictures of them.
import { accessSync, constants, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'

import { chromium } from 'playwright-core'

/** What a busy machine may take for a page. */
const PATIENCE_MILLIS = 15_000

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

function executable(name) {
  const found = process.env.PATH.split(delimiter)
    .map((directory) => join(directory, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
  if (found === undefined) throw new Error(`${name} is missing: install the package ${name}`)
  return found
}

export class Browser {
  #browser
  #last
  #complaints = []

  constructor(browser, origin, pictures) {
    this.#browser = browser
    this.origin = origin
    this.pictures = pictures
  }

  /** The pages are those of one site. Pictures go into this directory. */
  static async start(origin, pictures) {
    mkdirSync(pictures, { recursive: true })
    const browser = await chromium.launch({ executablePath: executable('chromium') })
    return new Browser(browser, origin, pictures)
  }

  /** A page of somebody whose browser has nothing yet, or what one of before had. */
  async page(options = {}) {
    const context = await this.#browser.newContext({ locale: 'en-US', timezoneId: 'UTC', ...options })
    const page = await context.newPage()
    page.setDefaultTimeout(PATIENCE_MILLIS)
    page.on('pageerror', (error) => this.#complaints.push(`${page.url()}: ${error.stack}`))
    page.on('console', (message) => {
      // What the API refuses and what can't be reached is told there too, and is meant here.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        this.#complaints.push(`${page.url()}: ${message.text()}`)
      }
    })
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== this.origin) {
        this.#complaints.push(`${page.url()} asks another host: ${request.url()}`)
      }
    })
    this.#last = page
    return page
  }

  /** Complains where the page is wider than the window. */
  async measure(page, name) {
    const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
    if (wide > 0) this.#complaints.push(`${name} is ${wide} pixels wider than the window`)
  }

  /** Complains where axe finds something serious; by all of its rules, or by these. */
  async audit(page, name, rules) {
    if (!(await page.evaluate('"axe" in window'))) await page.evaluate(AXE)
    const options = { resultTypes: ['violations'], ...(rules === undefined ? {} : { runOnly: rules }) }
    const { violations } = await page.evaluate((asked) => axe.run(document, asked), options)
    for (const { id, impact, help, nodes } of violations) {
      if (impact === 'serious' || impact === 'critical') {
        const what = nodes.map((node) => `${node.html} ${node.failureSummary}`).join('\n')
        this.#complaints.push(`${name}: ${id}: ${help}: ${what}`)
      }
    }
  }

  /** Keeps how a page looks. */
  async picture(page, name) {
    await page.screenshot({ path: join(this.pictures, `${name}.png`), animations: 'disabled' })
  }

  async pictureFailure() {
    try {
      await this.picture(this.#last, 'failed')
    } catch {
      // There is none.
    }
  }

  expectNoComplaints() {
    if (this.#complaints.length > 0) throw new Error(this.#complaints.join('\n\n'))
  }

  async close() {
    await this.#browser.close()
  }
}
