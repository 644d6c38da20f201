// A process of its own: the least that has to be done for a push. It verifies, decrypts and parses, and stores nothing.
import Fastify from 'fastify'
import {
  answerCallback,
  type CallbackSecrets,
  openCallback,
} from '../../../src/channels/wechat-api/callback.ts'

const secrets = JSON.parse(process.argv[2] ?? '{}') as CallbackSecrets
/** Where there is one, each push is answered with this text, sealed. */
const said = process.argv[3]
const app = Fastify({ logger: false })
app.removeAllContentTypeParsers()
app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
app.post('/*', async (request, reply) => {
  const opened = openCallback(request.query as Record<string, string>, request.body as string, secrets)
  if (said !== undefined) {
    const sealed = answerCallback(opened, { type: 'text', content: said }, { secrets, at: new Date() })
    return reply.type('text/xml; charset=utf-8').send(sealed)
  }
  return reply.type('text/plain; charset=utf-8').send('success')
})
console.log(`bare: ${await app.listen({ host: '127.0.0.1', port: 0 })}`)
process.once('disconnect', () => process.exit())
