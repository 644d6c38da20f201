import { z } from 'zod'
import { post } from './api-call.ts'

const named = z.object({ scene_str: z.string() })
const numbered = z.object({ scene_id: z.number().int() })
const info = <S extends z.ZodType>(scene: S) => z.object({ scene })

/** 生成带参数的二维码: temporary ones say how long they live, permanent ones (`LIMIT`) never end. */
export const createQrCode = post(
  '/cgi-bin/qrcode/create',
  z.discriminatedUnion('action_name', [
    z.object({
      action_name: z.literal('QR_SCENE'),
      expire_seconds: z.number().int(),
      action_info: info(numbered),
    }),
    z.object({
      action_name: z.literal('QR_STR_SCENE'),
      expire_seconds: z.number().int(),
      action_info: info(named),
    }),
    z.object({ action_name: z.literal('QR_LIMIT_SCENE'), action_info: info(numbered) }),
    z.object({ action_name: z.literal('QR_LIMIT_STR_SCENE'), action_info: info(named) }),
  ]),
  z.object({
    ticket: z.string().min(1),
    /** What the picture says; a picture of one's own may be drawn from it. */
    url: z.string().min(1),
    /** Absent where the code is permanent. */
    expire_seconds: z.number().int().optional(),
  }),
)
