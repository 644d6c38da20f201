// A process of its own: the least that has to be done for a push. It verifies, decrypts and parses, and stores nothing.
import Fastify from 'fastify'
import { type CallbackSecrets, openCallback } from '../../../src/channels/wechat-api/callback.ts'

const secrets = JSON.parse(process.argv[2] ?? '{}') as CallbackSecrets
const app = Fastify({ logger: false })
app.removeAllContentTypeParsers()
app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
app.post('/*', async (request, reply) => {
  openCallback(request.query as Record<string, string>, request.body as string, secrets)
  return reply.type('text/plain; charset=utf-8').send('success')
})
console.log(`bare: ${await app.listen({ host: '127.0.0.1', port: 0 })}`)
process.once('disconnect', () => process.exit())
