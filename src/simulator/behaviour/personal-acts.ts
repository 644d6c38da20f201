import type { Account } from '../official-account/account.ts'
import { pushEvent, pushMessage } from '../official-account/callbacks/queue.ts'
import { cdata, list, node } from '../official-account/callbacks/xml.ts'
import { openWindow } from '../official-account/personal/windows.ts'
import { nextId } from '../official-account/publish/publications.ts'
import type { Queries } from '../store/database.ts'
import type { World } from '../world.ts'
import type { ScannedCode } from './acts.ts'

type Who = { fanId: string; openid: string; at: Date }

/** Taps an item of a menu message: it arrives as a text, and counts as a tap of the menu. */
export async function tapMessageMenu(
  world: World,
  tx: Queries,
  account: Account,
  { id, content, ...who }: Who & { id: string; content: string },
): Promise<string> {
  const msgId = await nextId(tx)
  await tx.run(
    `insert into inbound (id, account_id, fan_id, kind, content, created_at) values ($1, $2, $3, 'text', $4, $5)`,
    [msgId, account.id, who.fanId, content, who.at],
  )
  await openWindow(tx, account, { fanId: who.fanId, kind: 'menu', at: who.at })
  await pushMessage(world, tx, account, {
    ...who,
    msgtype: 'text',
    msgId,
    fields: [cdata('Content', content), cdata('bizmsgmenuid', id)],
  })
  return msgId
}

/** Scans a code with parameters as a fan. */
export async function scan(
  world: World,
  tx: Queries,
  account: Account,
  { code, ...who }: Who & { code: Pick<ScannedCode, 'scene' | 'ticket'> },
): Promise<void> {
  await openWindow(tx, account, { fanId: who.fanId, kind: 'scan', at: who.at })
  await pushEvent(world, tx, account, {
    ...who,
    event: 'SCAN',
    fields: [cdata('EventKey', code.scene), cdata('Ticket', code.ticket)],
  })
}

export type PopupAnswer = { templateId: string; accept: boolean }
const SCENES = { h5: 1, article: 2, 'mini-program': 0 } as const
export type Popup = keyof typeof SCENES

/** Answers the popup that asks for notifications: each acceptance is one more, for long-term templates one for good. */
export async function answerPopup(
  world: World,
  tx: Queries,
  account: Account,
  { popup, answers, ...who }: Who & { popup: Popup; answers: readonly PopupAnswer[] },
): Promise<void> {
  await tx.run(
    `insert into consent as c (fan_id, template_id, credits, refused)
     select $1, t.id, case when a.accept then 1 else 0 end, not a.accept
     from unnest($2::text[], $3::bool[]) as a (template_id, accept) join template t on t.id = a.template_id and t.account_id = $4
     on conflict (fan_id, template_id) do update set refused = excluded.refused,
       credits = case when (select type from template where id = c.template_id) = 3
         then excluded.credits else c.credits + excluded.credits end`,
    [who.fanId, answers.map((one) => one.templateId), answers.map((one) => one.accept), account.id],
  )
  const told = answers.map(({ templateId, accept }) =>
    list('List', [
      cdata('TemplateId', templateId),
      cdata('SubscribeStatusString', accept ? 'accept' : 'reject'),
      node('PopupScene', SCENES[popup]),
    ]),
  )
  await pushEvent(world, tx, account, {
    ...who,
    event: 'subscribe_msg_popup_event',
    fields: [list('SubscribeMsgPopupEvent', told)],
  })
}

/** Takes a consent back in the settings of the account; only refusals are told. */
export async function cancelConsent(
  world: World,
  tx: Queries,
  account: Account,
  { templateId, ...who }: Who & { templateId: string },
): Promise<void> {
  await tx.run('update consent set credits = 0, refused = true where fan_id = $1 and template_id = $2', [
    who.fanId,
    templateId,
  ])
  const told = list('List', [cdata('TemplateId', templateId), cdata('SubscribeStatusString', 'reject')])
  await pushEvent(world, tx, account, {
    ...who,
    event: 'subscribe_msg_change_event',
    fields: [list('SubscribeMsgChangeEvent', [told])],
  })
}
