import { createQrCode } from '../../wechat/payloads/qr-code.ts'
import type { OfficialAccountClient } from './client.ts'

/** `lifeSeconds` null: permanent. */
export type QrCodeToMake = {
  readonly scene: string
  readonly sceneIsNumber: boolean
  readonly lifeSeconds: number | null
}
export type MadeQrCode = {
  readonly ticket: string
  /** What the picture says. */
  readonly url: string
  /** As WeChat counts from now; null for permanent ones. */
  readonly lifeSeconds: number | null
}

/** Makes a code. A second call for the same scene leads to the same place, so it is harmless. Throws WechatError. */
export async function makeQrCode(client: OfficialAccountClient, wanted: QrCodeToMake): Promise<MadeQrCode> {
  const made = await client.call(createQrCode, callOf(wanted))
  const { ticket, url, expire_seconds } = made
  return {
    ticket,
    url,
    lifeSeconds: wanted.lifeSeconds === null ? null : (expire_seconds ?? wanted.lifeSeconds),
  }
}

function callOf({ scene, sceneIsNumber, lifeSeconds }: QrCodeToMake) {
  if (sceneIsNumber) {
    const action_info = { scene: { scene_id: Number(scene) } }
    return lifeSeconds === null
      ? ({ action_name: 'QR_LIMIT_SCENE', action_info } as const)
      : ({ action_name: 'QR_SCENE', expire_seconds: lifeSeconds, action_info } as const)
  }
  const action_info = { scene: { scene_str: scene } }
  return lifeSeconds === null
    ? ({ action_name: 'QR_LIMIT_STR_SCENE', action_info } as const)
    : ({ action_name: 'QR_STR_SCENE', expire_seconds: lifeSeconds, action_info } as const)
}
