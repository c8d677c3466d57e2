// Runs mtcute through a FakeTLS proxy: reads what to do as JSON from standard input, prints what
// came of it as one JSON line. The files' bytes are those of FileContent.java.
import { createCipheriv, createHash } from 'node:crypto'
import { text } from 'node:stream/consumers'

import { BaseTelegramClient, MemoryStorage, MtProxyTcpTransport } from '@mtcute/node'
import { addPublicKey } from '@mtcute/core/utils.js'
import { NodeCryptoProvider } from '@mtcute/node/utils.js'
import { Long } from '@mtcute/core'

const PART = 512 * 1024
const PARALLEL = 8

const { host, port, secret, datacenter, publicKey, temporaryKeys, file, length } = JSON.parse(
  await text(process.stdin),
)

/** The whole file: a key stream from block 0. */
function content(id, size) {
  const name = Buffer.alloc(8)
  name.writeBigInt64BE(BigInt(id))
  const key = createHash('sha256').update(name).digest()
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size))
}

/** Runs a task for each part, several at a time. */
async function forEachPart(task) {
  const parts = Math.ceil(length / PART)
  let next = 0
  const worker = async () => {
    while (next < parts) await task(next++, parts)
  }
  await Promise.all(Array.from({ length: PARALLEL }, worker))
}

/** Calls, and fails on an RPC error, which this layer of mtcute returns. */
async function call(request, options) {
  const result = await client.call(request, options)
  if (result._ === 'mt_rpc_error') throw new Error(`${request._}: ${result.errorMessage}`)
  return result
}

const crypto = new NodeCryptoProvider()
await crypto.initialize()
addPublicKey(crypto, publicKey)

// Where a proxy is between, a data centre's address is never used.
const nowhere = { id: datacenter, ipAddress: '192.0.2.1', port: 443 }
const client = new BaseTelegramClient({
  apiId: 1,
  apiHash: '',
  storage: new MemoryStorage(),
  crypto,
  transport: new MtProxyTcpTransport({ host, port, secret }),
  defaultDcs: { main: nowhere, media: { ...nowhere, mediaOnly: true } },
  disableUpdates: true,
  updates: false,
  network: { usePfs: temporaryKeys },
})
await client.connect()
const nearest = await call({ _: 'help.getNearestDc' })

const sent = content(file, length)
await forEachPart((part, parts) =>
  call(
    {
      _: 'upload.saveBigFilePart',
      fileId: Long.fromNumber(file),
      filePart: part,
      fileTotalParts: parts,
      bytes: sent.subarray(part * PART, (part + 1) * PART),
    },
    { kind: 'upload' },
  ),
)

const received = Buffer.alloc(length)
await forEachPart(async (part) => {
  const location = {
    _: 'inputDocumentFileLocation',
    id: Long.fromNumber(file + 1),
    accessHash: Long.ZERO,
    fileReference: new Uint8Array(),
    thumbSize: '',
  }
  const result = await call(
    { _: 'upload.getFile', location, offset: part * PART, limit: PART },
    { kind: 'download' },
  )
  received.set(result.bytes, part * PART)
})

await client.disconnect()
await client.destroy()
console.log(
  JSON.stringify({
    nearestDatacenter: nearest.thisDc,
    received: createHash('sha256').update(received).digest('hex'),
  }),
)
