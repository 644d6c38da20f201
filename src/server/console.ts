import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { notFound } from '../kernel/errors.ts'

const DIST = join(import.meta.dirname, '../../dist/console')

/** Serves the built console; every page address of the console answers with its index, unknown API paths don't. */
export async function registerConsole(app: FastifyInstance): Promise<void> {
  const built = existsSync(join(DIST, 'index.html'))
  if (built) {
    await app.register(fastifyStatic, {
      root: DIST,
      setHeaders: (response, path) => {
        const fingerprinted = path.includes('/assets/')
        response.header('cache-control', fingerprinted ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  }
  app.setNotFoundHandler(async (request, reply) => {
    const page = request.method === 'GET' && !/^\/(api|assets|callbacks|metrics|openapi)/.test(request.url)
    if (page && built) return reply.sendFile('index.html', { cacheControl: false })
    throw notFound('page')
  })
}
