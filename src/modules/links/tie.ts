import type { Ctx } from '../../context.ts'
import { encodeLink } from './code.ts'
import { LINK_PATH } from './schema.ts'

type Message = { deliveryId: string }

/** The code of a link of one person's message. */
export const codeOf = (ctx: Pick<Ctx, 'secrets'>, deliveryId: string, index: number): string =>
  encodeLink(ctx.secrets, { deliveryId, index })

/**
 * How the web links of one message are written: as short addresses of ours. They work from the moment the version's links
 * are saved, for as long as the delivery is kept, whatever becomes of the send.
 */
export const tie =
  (ctx: Pick<Ctx, 'secrets' | 'config'>, { deliveryId }: Message) =>
  (_url: string, index: number): string =>
    `${ctx.config.publicUrl}${LINK_PATH}${codeOf(ctx, deliveryId, index)}`
