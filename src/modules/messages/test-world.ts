import { createTestApi } from '../../../tests/support/api.ts'
import { pngOf } from '../../../tests/support/pictures.ts'
import { createSendingWorld } from '../../../tests/support/sending.ts'
import { AppError } from '../../kernel/errors.ts'
import { FIELD_RULES } from '../../wechat/rules/template-fields.ts'
import { uploadMedia } from '../contents/index.ts'
import type { MediaKind } from '../contents/schema.ts'
import { createMiniProgram, linkMiniProgram } from '../mini-programs/index.ts'
import { syncTemplates } from '../templates/index.ts'
import { resolveContent } from './index.ts'
import { type MessageContent, messageContent } from './schema.ts'

/** A mini program that is linked to the account. */
export const APP = 'wx0123456789abcdef'
/** Types of template fields that take any value of their kind. */
export const TYPES = Object.keys(FIELD_RULES).filter((type) => !/^(const|enum|enum_string)$/.test(type))

export const content = (raw: object): MessageContent => messageContent.parse(raw)
export const from = (source: object, missing: object | 'skip' = 'skip') => ({ source, missing })

export type MessageWorld = Awaited<ReturnType<typeof createMessageWorld>>

/** An account with fans, one asset of each kind, a mini program and a template that has a field of each type. */
export async function createMessageWorld() {
  const sending = await createSendingWorld()
  const { ctx } = sending
  const api = await createTestApi(ctx)
  const account = await sending.bind({ fans: 40, articles: 3, settings: { miniPrograms: [APP] } })

  const query = async <T extends object>(text: string, values: unknown[] = []) =>
    (await ctx.pool.query<T>(text, values)).rows
  const resolve = (raw: object) => resolveContent(ctx, ctx.db, account.id, content(raw))
  const problemsOf = async (raw: object): Promise<string[]> => {
    const error = await resolve(raw).catch((caught: unknown) => caught)
    if (!(error instanceof AppError)) return []
    return (error.detail['problems'] as { field: string; reason: string }[]).map(
      (one) => `${one.field}: ${one.reason}`,
    )
  }

  async function upload(kind: MediaKind, hex: string): Promise<string> {
    async function* source() {
      yield Buffer.from(hex, 'hex')
    }
    return (await uploadMedia(ctx, account.id, { kind, name: `${kind}.bin`, source: source() })).id
  }

  async function oneTemplateOfEveryType(): Promise<string> {
    const text = TYPES.map((type) => `${type}：{{${type}1.DATA}}`).join('\n')
    const [row] = await query<{ id: string }>(
      `update simulator.template set content = $2 where id = (select t.id from simulator.template t
         join simulator.account a on a.id = t.account_id where a.appid = $1 and t.kind = 'template'
           and t.content like '%{{thing%' order by t.id limit 1) returning id`,
      [account.appid, text],
    )
    await syncTemplates(ctx, account.id)
    const [known] = await query<{ id: string }>('select id from message_templates where wechat_id = $1', [
      row?.id,
    ])
    return known?.id as string
  }

  const imageId = await upload('image', pngOf().toString('hex'))
  const voiceId = await upload('voice', '494433040000000000000000')
  const videoId = await upload('video', '00000020667479706d70343200000000')
  const templateId = await oneTemplateOfEveryType()
  const miniProgramId = await createMiniProgram(ctx, { appid: APP, name: '商城', ghId: null, note: '' })
  await linkMiniProgram(ctx, { miniProgramId, accountId: account.id })

  return {
    ctx,
    api,
    account,
    bind: sending.bind,
    control: sending.control,
    query,
    resolve,
    problemsOf,
    imageId,
    voiceId,
    videoId,
    templateId,
    async close() {
      await api.close()
      await sending.close()
    },
  }
}
