import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { loadConfig } from '../../src/config.ts'
import { createContext, type OwnedCtx } from '../../src/context.ts'
import { inTransaction } from '../../src/infra/transaction.ts'
import { getAccount } from '../../src/modules/accounts/index.ts'
import {
  gatherFacts,
  openWindows,
  policyKey,
  reserve,
  settleLedgers,
} from '../../src/modules/deliveries/facts/index.ts'
import type { SendRow, SendVersion, Settled, Trx } from '../../src/modules/deliveries/model.ts'
import { type Decision, decideDelivery } from '../../src/modules/deliveries/rules/index.ts'
import { findSend, selectVersions } from '../../src/modules/deliveries/store/sends.ts'
import { EVENTS } from '../../src/modules/ingest/schema.ts'
import type { ReactionEvent } from '../../src/modules/manifest.ts'
import { type ResolvedContent, tapsOf } from '../../src/modules/messages/index.ts'
import { createTestDatabase } from '../support/index.ts'
import { run } from '../support/postgres.ts'

export type Fan = { accountId: string; contactId: string; fanId: string; openid: string }
type Channel = SendRow['channel']

/** Ledgers without engine or platform: rows made directly, and the functions that the engine calls. */
export type LedgerWorld = Awaited<ReturnType<typeof createLedgerWorld>>

export const beijing = (text: string) => new Date(`${text}+08:00`)
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
export const after = (at: Date, ms: number) => new Date(at.getTime() + ms)

const TEXT = {
  kind: 'text',
  channel: 'customer-service',
  variables: {},
  message: { msgtype: 'text', text: { content: '你好' } },
}

export async function createLedgerWorld() {
  const database = await createTestDatabase()
  await run(database.url, `insert into installation (mode) values ('sandbox')`)
  const dataDir = await mkdtemp(path.join(tmpdir(), 'weida-ledgers-'))
  const config = loadConfig({
    WEIDA_DATA_DIR: dataDir,
    LOG_LEVEL: 'silent',
    SECRETS_KEY: randomBytes(32).toString('hex'),
  })
  const opened: OwnedCtx[] = []
  const open = async () => {
    const made = await createContext(config, { databaseUrl: database.url, poolSize: 4 })
    opened.push(made)
    return made
  }
  const ctx = await open()
  let made = 0
  const one = async (text: string, ...values: unknown[]): Promise<string> =>
    String((await ctx.pool.query<{ id: string }>(text, values)).rows[0]?.id ?? '')

  const account = async (limits: Record<string, number> = {}) => {
    made += 1
    return one(
      `insert into accounts (appid, name, kind, verified, secret_encrypted, callback_key, callback_token_encrypted,
         callback_aes_key_encrypted, created_at, limits)
       values ($1, 'a', 'service', true, $2, $1, $2, $2, now(), $3) returning id`,
      `wx${String(made).padStart(16, '0')}`,
      ctx.secrets.encrypt('nothing'),
      JSON.stringify(limits),
    )
  }
  const fan = async (
    accountId: string,
    { contactId, following = true }: { contactId?: string; following?: boolean } = {},
  ): Promise<Fan> => {
    const of = contactId ?? (await one('insert into contacts (created_at) values (now()) returning id'))
    made += 1
    const openid = `o${made}`
    const fanId = await one(
      'insert into fans (account_id, contact_id, following, openid) values ($1, $2, $3, $4) returning id',
      accountId,
      of,
      following,
      openid,
    )
    return { accountId, contactId: of, fanId, openid }
  }
  const send = async (
    accountId: string,
    fields: Partial<SendRow> & { limits?: object; content?: object; template?: object | null } = {},
  ) => {
    const {
      limits = { caps: 'inherit', quiet: 'inherit', notAfter: null },
      content = TEXT,
      template = null,
    } = fields
    const sendId = await one(
      `insert into sends (account_id, owner_kind, owner_id, name, channel, purpose, lane, state, holdout, created_at)
       values ($1, $2, $3, 's', $4, $5, 'bulk', $6, $7, now()) returning id`,
      accountId,
      fields.ownerKind ?? 'campaign',
      fields.ownerId ?? '1',
      fields.channel ?? 'customer-service',
      fields.purpose ?? 'marketing',
      fields.state ?? 'running',
      fields.holdout ?? 0,
    )
    await ctx.pool.query(
      'insert into send_versions (send_id, version, content, template, limits, taps, created_at) values ($1, 1, $2, $3, $4, $5, now())',
      [
        sendId,
        JSON.stringify(content),
        template === null ? null : JSON.stringify(template),
        JSON.stringify(limits),
        tapsOf(content as ResolvedContent),
      ],
    )
    return sendId
  }
  const delivery = (
    sendId: string,
    who: Fan,
    fields: { state?: string; intentAt?: Date | null; occurrence?: string } = {},
  ) =>
    one(
      `insert into deliveries (send_id, account_id, version, contact_id, fan_id, occurrence, state, due_at, planned_at, intent_at)
       values ($1, $2, 1, $3, $4, $5, $6, '2026-01-01', '2026-01-01', $7) returning id`,
      sendId,
      who.accountId,
      who.contactId,
      who.fanId,
      fields.occurrence ?? '0',
      fields.state ?? 'planned',
      fields.intentAt ?? null,
    )
  let eventIds = 1_000n
  /** An event as a reaction gets it; ids grow as they are made. */
  const event = (
    name: string,
    who: Fan,
    at: Date,
    properties: Record<string, unknown> = {},
  ): ReactionEvent => {
    eventIds += 1n
    return {
      id: eventIds.toString(),
      accountId: who.accountId,
      contactId: who.contactId,
      fanId: who.fanId,
      sourceId: null,
      name,
      at,
      receivedAt: at,
      properties,
    }
  }
  const acts = (...events: ReactionEvent[]) => inTransaction(ctx.db, (trx) => openWindows(trx, events))
  const writes = (who: Fan, at: Date) => acts(event(EVENTS.message, who, at, { type: 'text', content: 'hi' }))
  const windows = async (who: Fan) => {
    const { rows } = await ctx.pool.query<{ kind: string; left: number; opened_at: Date; expires_at: Date }>(
      'select kind, allowance - used as left, opened_at, expires_at from service_windows where fan_id = $1 order by kind',
      [who.fanId],
    )
    return rows
  }

  type Question = { accountId: string; deliveryIds: readonly string[]; now: Date }
  /** What the engine does with a chunk, up to its intents: facts, decisions, reservations, rows. */
  const intend = async (trx: Trx, where: OwnedCtx, { accountId, deliveryIds, now }: Question) => {
    const claimed = await claim(trx, deliveryIds)
    const sends = new Map<string, SendRow>()
    for (const { sendId } of claimed) sends.set(sendId, (await findSend(trx, sendId)) as SendRow)
    const versions = new Map<string, SendVersion>()
    for (const version of await selectVersions(trx, claimed)) versions.set(policyKey(version), version)
    const of = await getAccount(where, accountId, trx)
    const channel = ([...sends.values()][0] as SendRow).channel
    const { facts, policies } = await gatherFacts(where, trx, {
      account: of,
      channel,
      now,
      rows: claimed,
      sends,
      versions,
    })
    const decisions = new Map<string, Decision>()
    for (const row of claimed) {
      const policy = policies.get(policyKey(row))
      const fact = facts.get(row.id)
      if (policy === undefined || fact === undefined) throw new Error('every row has facts and a policy')
      decisions.set(
        row.id,
        decideDelivery(fact, policy, now, () => ({ ok: true })),
      )
    }
    const going = claimed.filter(({ id }) => decisions.get(id)?.kind === 'send')
    const reserved = await reserve(trx, {
      account: of,
      channel,
      now,
      rows: going.map((row) => ({ row, version: versions.get(policyKey(row)) as SendVersion })),
    })
    for (const [id, got] of reserved)
      if (got !== 'raced')
        await trx
          .updateTable('deliveries')
          .set({ state: 'sending', intent_at: now, reserved: JSON.stringify(got.reserved) })
          .where('id', '=', id)
          .execute()
    return { decisions, reserved }
  }
  const claim = async (trx: Trx, ids: readonly string[]) =>
    (
      await trx
        .selectFrom('deliveries')
        .select([
          'id',
          'send_id as sendId',
          'version',
          'contact_id as contactId',
          'fan_id as fanId',
          'occurrence',
          'state',
        ])
        .where('id', 'in', [...ids])
        .orderBy('id')
        .forUpdate()
        .skipLocked()
        .execute()
    ).filter(({ state }) => state === 'planned' || state === 'held')

  return {
    ctx,
    another: open,
    one,
    account,
    fan,
    send,
    delivery,
    event,
    acts,
    writes,
    windows,
    intend: (question: Question, where: OwnedCtx = ctx) =>
      inTransaction(where.db, (trx) => intend(trx, where, question)),
    /** The decision about one message alone. */
    async decided(accountId: string, deliveryId: string, now: Date) {
      const { decisions, reserved } = await inTransaction(ctx.db, (trx) =>
        intend(trx, ctx, { accountId, deliveryIds: [deliveryId], now }),
      )
      const decision = decisions.get(deliveryId) as Decision
      return { ...decision, raced: reserved.get(deliveryId) === 'raced' }
    },
    async settle(
      deliveryId: string,
      outcome: Settled['outcome'],
      errcode?: number,
      now?: Date,
      templateId: string | null = null,
    ) {
      await inTransaction(ctx.db, async (trx) => {
        const row = await trx
          .selectFrom('deliveries as d')
          .innerJoin('sends as s', 's.id', 'd.send_id')
          .select(['d.id', 'd.send_id', 'd.account_id', 's.channel', 'd.fan_id', 'd.reserved', 'd.intent_at'])
          .where('d.id', '=', deliveryId)
          .executeTakeFirstOrThrow()
        await settleLedgers(
          trx,
          [
            {
              id: row.id,
              sendId: row.send_id,
              accountId: row.account_id,
              channel: row.channel as Channel,
              fanId: row.fan_id,
              templateId,
              reserved: row.reserved as Record<string, unknown> | null,
              intentAt: row.intent_at as Date,
              outcome,
              ...(errcode !== undefined && { errcode }),
            },
          ],
          now ?? (row.intent_at as Date),
        )
        const state = outcome === 'refused' ? 'failed' : outcome
        await trx.updateTable('deliveries').set({ state }).where('id', '=', deliveryId).execute()
      })
    },
    async close() {
      for (const each of opened) await each.close()
      await database.drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
