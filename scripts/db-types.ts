// Writes src/infra/database-types.ts from the migrations: the tables of a fresh database, as Kysely sees them.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startEmbeddedPostgres } from '../src/infra/postgres/embedded.ts'
import { migrate } from '../src/infra/postgres/migrate.ts'
import { FAST_AND_LOSSY } from '../src/infra/postgres/settings.ts'

const root = path.resolve(import.meta.dirname, '..')
const dataDir = await mkdtemp(path.join(tmpdir(), 'weida-types-'))
await chmod(dataDir, 0o711)
const server = await startEmbeddedPostgres({ dataDir, settings: FAST_AND_LOSSY })
try {
  await migrate(server.url)
  const options = [
    '--dialect',
    'postgres',
    '--url',
    server.url,
    '--type-only-imports',
    '--date-parser',
    'string',
  ]
  const output = path.join(root, 'src/infra/database-types.ts')
  const command = path.join(root, 'node_modules/kysely-codegen/dist/cli/bin.js')
  const child = spawn(process.execPath, [command, ...options, '--out-file', output], {
    cwd: root,
    stdio: 'inherit',
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  process.exitCode = code ?? 1
} finally {
  await server.stop()
  await rm(server.directory, { recursive: true, force: true })
  await rm(dataDir, { recursive: true, force: true })
}
