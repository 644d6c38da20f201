import { isObject, type JsonObject } from '../../json.ts'
import { type Call, type Endpoint, verifiedService } from '../call.ts'
import { refuse } from '../refusal.ts'
import { makeCode, type NewCode } from './codes.ts'

export const qrCodeEndpoints: Endpoint[] = [
  { path: '/cgi-bin/qrcode/create', method: 'POST', allow: verifiedService, handle: create },
]

const DAY = 86_400
const LONGEST_SECONDS = 30 * DAY
/** What the older pages say where the call does not. */
const DEFAULT_SECONDS = 60
const LONGEST_TEXT = 64
const MOST_NUMBER = { permanent: 100_000, temporary: 2 ** 32 - 1 }

const ACTIONS: Record<string, { permanent: boolean; isNumber: boolean }> = {
  QR_SCENE: { permanent: false, isNumber: true },
  QR_STR_SCENE: { permanent: false, isNumber: false },
  QR_LIMIT_SCENE: { permanent: true, isNumber: true },
  QR_LIMIT_STR_SCENE: { permanent: true, isNumber: false },
}

/** 生成带参数的二维码 (checked 2026-11). */
async function create({ world, account, body, now }: Call) {
  const action = ACTIONS[String(body['action_name'])] ?? refuse(40052)
  const wanted: NewCode = {
    ...action,
    scene: sceneOf(body, action),
    lifeSeconds: action.permanent ? null : lifeOf(body),
  }
  const { ticket, url } = await makeCode(world, account, wanted, now)
  return { ticket, url, ...(wanted.lifeSeconds !== null && { expire_seconds: wanted.lifeSeconds }) }
}

function sceneOf(
  body: JsonObject,
  { permanent, isNumber }: { permanent: boolean; isNumber: boolean },
): string {
  const info = body['action_info']
  const scene = isObject(info) ? info['scene'] : undefined
  if (!isObject(scene)) refuse(40053)
  if (isNumber) {
    const id = scene['scene_id']
    const most = permanent ? MOST_NUMBER.permanent : MOST_NUMBER.temporary
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 1 || id > most) refuse(40053)
    return String(id)
  }
  const text = scene['scene_str']
  if (typeof text !== 'string' || text === '' || [...text].length > LONGEST_TEXT) refuse(40053)
  return text
}

function lifeOf(body: JsonObject): number {
  const seconds = body['expire_seconds']
  if (seconds === undefined) return DEFAULT_SECONDS
  if (typeof seconds !== 'number' || !Number.isInteger(seconds) || seconds < 1) refuse(40053)
  return seconds > LONGEST_SECONDS ? refuse(40053) : seconds
}
