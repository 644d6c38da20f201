// A process of its own that holds an embedded PostgreSQL, for tests that kill it.
import { startEmbeddedPostgres } from '../../src/infra/postgres/embedded.ts'

const [dataDir = ''] = process.argv.slice(2)
try {
  const server = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off', shared_buffers: '64MB' } })
  process.once('SIGTERM', () => server.stop().then(() => process.exit(0)))
  console.log(JSON.stringify({ url: server.url, directory: server.directory, created: server.created }))
} catch (error) {
  console.log(JSON.stringify({ error: (error as Error).message }))
  process.exit(1)
}
