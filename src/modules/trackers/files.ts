import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../../..')

export type TrackerFile = { text: Buffer; etag: string; version: string }

/** The H5 script as the build made it small, or as it is written where nothing was built yet. */
export const h5File = kept(() =>
  [join(ROOT, 'dist/console/sdk/weida.js'), join(ROOT, 'src/sdk/h5/weida.js')].find((path) =>
    existsSync(path),
  ),
)
export const miniProgramFile = kept(() => join(ROOT, 'src/sdk/mini-program/weida.js'))

/** Read once: a new version comes with a new process. */
function kept(place: () => string | undefined): () => TrackerFile {
  let file: TrackerFile | undefined
  return () => {
    file ??= load(place())
    return file
  }
}

function load(path: string | undefined): TrackerFile {
  if (path === undefined) throw new Error('the tracker’s file is missing')
  const text = readFileSync(path)
  const digest = createHash('sha256').update(text).digest('base64url').slice(0, 20)
  const version = /\d+\.\d+\.\d+/.exec(text.toString())?.[0] ?? digest
  return { text, etag: `"${digest}"`, version }
}
