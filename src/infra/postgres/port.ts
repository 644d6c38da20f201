import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'

/** The port used last time when it is still free, so that tools keep their connection; otherwise any free one. */
export async function choosePort(file: string): Promise<number> {
  const last = Number(await readFile(file, 'utf8').catch(() => ''))
  const port = (Number.isInteger(last) && last > 0 && (await tryPort(last))) || (await tryPort(0))
  if (!port) throw new Error('no free port on 127.0.0.1')
  await writeFile(file, `${port}\n`)
  return port
}

/** The port itself when it is free on the loopback interface (0: some free port), else undefined. */
export function tryPort(port: number, host = '127.0.0.1'): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(undefined))
    probe.listen({ port, host, exclusive: true }, () => {
      const address = probe.address()
      const found = typeof address === 'object' && address ? address.port : undefined
      probe.close(() => resolve(found))
    })
  })
}
