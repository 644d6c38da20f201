import Fastify from 'fastify'
import { createTestApi } from './tests/support/api.ts'
import { loadConfig } from './src/config.ts'
import { createContext } from './src/context.ts'
import { openCallback } from './src/channels/wechat-api/callback.ts'
import { registerCallbackBody } from './src/modules/ingest/index.ts'
import { createApp } from './src/server/index.ts'
import { migrate } from './src/infra/postgres/migrate.ts'
import { randomBytes } from 'node:crypto'
import pg from 'pg'
const admin = 'postgres://postgres:postgres@127.0.0.1:55432/postgres'
const c = new pg.Client(admin); await c.connect(); await c.query('drop database if exists contacts_bench with (force)'); await c.query('create database contacts_bench')
const url = 'postgres://postgres:postgres@127.0.0.1:55432/contacts_bench'
await migrate(url)
const c2 = new pg.Client(url); await c2.connect(); await c2.query(`insert into installation (mode) values ('sandbox')`)
const key='0'.repeat(64)
const config = loadConfig({ WEIDA_DATA_DIR: '/tmp/cb', LOG_LEVEL:'silent', SECRETS_KEY: key, PORT:'0' })
const ctx = await createContext(config, { databaseUrl: url })
const aesKey='A'.repeat(43), token='tok123'
await c2.query(`insert into accounts (appid,name,kind,verified,secret_encrypted,callback_key,callback_token_encrypted,callback_aes_key_encrypted,created_at) values ('wx0123456789abcdef','a','service',true,$1,'benchkey12',$2,$3,now())`,[ctx.secrets.encrypt('s'),ctx.secrets.encrypt(token),ctx.secrets.encrypt(aesKey)])
await c2.query(`with ids as (select generate_series(1,20000) g), m as (insert into contacts (created_at) select now() from ids returning id) insert into fans (account_id, contact_id, following, openid) select 1, id, true, 'oFan'||row_number() over () from m`)
const app = await createApp(ctx)
const secrets = { appId:'wx0123456789abcdef', token, mode:'safe' as const, keys:[aesKey] }
const bare = Fastify()
registerCallbackBody(bare)
bare.post('/callbacks/official-account/:key', async (req, reply) => { openCallback(req.query as never, (req.body as Buffer).toString('utf8'), secrets); return reply.type('text/plain').send('success') })
await app.listen({ port: 7981 }); await bare.listen({ port: 7982 })
console.log('ready')
process.on('SIGTERM', async () => { await c2.end(); await c.end(); process.exit(0) })
