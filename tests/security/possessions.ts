import type { Ctx } from '../../src/context.ts'
import { insertBroadcast } from '../support/broadcasts.ts'

/** One of everything an account can own, by the name of the parameter that routes know it by. */
export type Possessions = {
  accountId: string
  fanId: string
  listId: string
  runId: string
  articleSetId: string
  mediaAssetId: string
  folderId: string
  material: string
  materialId: string
  broadcastId: string
  outsideSendId: string
  campaignId: string
  replyRuleId: string
  recallId: string
  backtestId: string
  sendId: string
  templateId: string
  pageId: string
  miniProgramId: string
  capId: string
  quietId: string
  seq: string
  place: string
  number: string
  qrCodeId: string
  labelId: string
}

let made = 0

/** Rows as a working account has them, written directly: what is tested is who may reach them. */
export async function possess(ctx: Ctx): Promise<Possessions> {
  made += 1
  const one = async (text: string, ...values: unknown[]): Promise<string> => {
    const { rows } = await ctx.pool.query<{ id: string }>(text, values)
    return rows[0]?.id ?? ''
  }
  const accountId = await one(
    `insert into accounts (appid, name, kind, verified, secret_encrypted, callback_key, callback_token_encrypted,
       callback_aes_key_encrypted, created_at)
     values ($1, $2, 'service', true, $3, $4, $3, $3, now()) returning id`,
    `wx${String(made).padStart(16, '0')}`,
    `公众号 ${made}`,
    ctx.secrets.encrypt('nothing'),
    `key-${made}`,
  )
  const contactId = await one(`insert into contacts (created_at) values (now()) returning id`)
  const fanId = await one(
    `insert into fans (account_id, contact_id, following, openid) values ($1, $2, true, $3) returning id`,
    accountId,
    contactId,
    `oSecretFan${made}`,
  )
  const listId = await one(
    `insert into fan_lists (account_id, name, size, created_at) values ($1, 'a list', 1, now()) returning id`,
    accountId,
  )
  await ctx.pool.query('insert into fan_list_members (list_id, fan_id) values ($1, $2)', [listId, fanId])
  const broadcastId = await insertBroadcast(ctx.pool, { accountId, state: 'ended' })
  await ctx.pool.query(
    `insert into broadcast_batches (broadcast_id, account_id, seq, state, reason, size, client_msg_id, due_at)
     values ($1, $2, 1, 'failed', 'x', 1, $3, now())`,
    [broadcastId, accountId, `c${broadcastId}`],
  )
  const templateId = await one(
    `insert into message_templates (account_id, kind, wechat_id, title, content, fields, term, fingerprint, first_seen_at, synced_at)
     values ($1, 'subscription', 'a-template', 'a title', '', '[]', 'one-time', '', now(), now()) returning id`,
    accountId,
  )
  const mediaAssetId = await one(
    `insert into media_assets (account_id, kind, name, mime, bytes, media_id, created_at)
       values ($1, 'image', 'an image', 'image/png', 1, 'a-media', now()) returning id`,
    accountId,
  )
  return {
    accountId,
    fanId,
    listId,
    broadcastId,
    outsideSendId: await one(
      `insert into outside_sends (account_id, source, at, created_at) values ($1, 'hand', now(), now()) returning id`,
      accountId,
    ),
    recallId: await one(
      `insert into recall_rules (account_id, name, minutes, reading, content, made_at, looked_to, created_at, updated_at)
       values ($1, 'a recall', 10, 'before-end', $2, now(), now(), now(), now()) returning id`,
      accountId,
      JSON.stringify({ kind: 'default', greeting: 'a', phrase: 'b', says: 'c' }),
    ),
    backtestId: await one(
      `insert into backtests (account_id, kind, name, variants, days, sample, from_at, to_at, log_upto, created_at)
       values ($1, 'recall', 'a back-test', '[]', 7, 1, now(), now(), 0, now()) returning id`,
      accountId,
    ),
    campaignId: await one(
      `insert into campaigns (account_id, kind, name, plan, created_at, updated_at)
       values ($1, 'customer-service', 'a campaign', '{}', now(), now()) returning id`,
      accountId,
    ),
    replyRuleId: await one(
      `with made as (insert into reply_rules (kind, name, answer, created_at, updated_at)
           values ('follow', 'a rule', $2, now(), now()) returning id)
       insert into reply_rule_accounts (rule_id, account_id) select id, $1 from made returning rule_id as id`,
      accountId,
      JSON.stringify({
        mode: 'all',
        replies: [{ content: { kind: 'text', text: 'a reply', variables: {} }, weight: 1 }],
        effects: { give: [], take: [], attributes: [], campaignId: null },
      }),
    ),
    sendId: await one(
      `insert into sends (account_id, owner_kind, owner_id, name, channel, purpose, lane, created_at)
       values ($1, 'campaign', 1, 'a send', 'customer-service', 'marketing', 'bulk', now()) returning id`,
      accountId,
    ),
    templateId,
    pageId: await one(
      `insert into subscribe_pages (account_id, page_key, name, title, button, template_ids, created_at)
       values ($1, $2, 'a page', 'a title', 'go', array[$3::bigint], now()) returning id`,
      accountId,
      `page-key-${made}`,
      templateId,
    ),
    runId: await one(
      `insert into background_runs (account_id, kind, state, created_at, finished_at)
       values ($1, 'contacts.sync-fans', 'done', now(), now()) returning id`,
      accountId,
    ),
    articleSetId: await one(
      `insert into article_sets (account_id, kind, wechat_id, title, articles, synced_at)
       values ($1, 'draft', 'a-draft', 'a title', '[]', now()) returning id`,
      accountId,
    ),
    folderId: await one(
      `insert into material_folders (account_id, name, created_at) values ($1, 'a folder', now()) returning id`,
      accountId,
    ),
    mediaAssetId,
    material: 'media',
    materialId: mediaAssetId,
    miniProgramId: await one(
      `insert into mini_programs (appid, name, created_at) values ($1, 'a program', now()) returning id`,
      `wx${String(made).padStart(16, 'a')}`,
    ),
    capId: await one(
      `insert into frequency_caps (account_id, purpose, most, window_amount, window_unit, action, created_at)
       values ($1, 'marketing', 3, 7, 'day', 'drop', now()) returning id`,
      accountId,
    ),
    quietId: await one(
      `insert into quiet_hours (account_id, purpose, from_minute, until_minute, action, created_at)
       values ($1, 'marketing', 1320, 480, 'drop', now()) returning id`,
      accountId,
    ),
    qrCodeId: await one(
      `insert into qr_codes (account_id, name, life, scene, scene_is_number, link_key, state, created_at)
       values ($1, 'a code', 'permanent', 'a-scene', false, $2, 'waiting', now()) returning id`,
      accountId,
      `link-key-${made}`,
    ),
    labelId: await one(
      `insert into qr_folders (account_id, name, created_at) values ($1, 'a folder', now()) returning id`,
      accountId,
    ),
    seq: '1',
    place: '0',
    number: '0',
  }
}

/** The same shape, of things that don't exist. */
export const nothing: Possessions = {
  accountId: '777777',
  fanId: '777777',
  listId: '777777',
  runId: '777777',
  articleSetId: '777777',
  mediaAssetId: '777777',
  folderId: '777777',
  material: 'media',
  materialId: '777777',
  broadcastId: '777777',
  outsideSendId: '777777',
  campaignId: '777777',
  replyRuleId: '777777',
  recallId: '777777',
  backtestId: '777777',
  sendId: '777777',
  templateId: '777777',
  pageId: '777777',
  miniProgramId: '777777',
  capId: '777777',
  quietId: '777777',
  seq: '7777',
  qrCodeId: '777777',
  labelId: '777777',
  place: '9',
  number: '99',
}
