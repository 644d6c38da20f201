import type { z } from 'zod'
import { parseBigJson } from '../../wechat/big-json.ts'
import type { CallPurpose } from '../../wechat/error-codes.ts'
import type { HttpAnswer } from './http.ts'
import { lostCall, refusedCall, strangeAnswer, WechatError } from './wechat-error.ts'

/** Reads an answer by the shape its call has; every other answer is thrown as {@link WechatError}. */
export function readAnswer<R extends z.ZodType>(
  path: string,
  answer: HttpAnswer,
  reply: R,
  purpose?: CallPurpose,
): z.output<R> {
  const body = readBody(path, answer, purpose)
  const parsed = reply.safeParse(body)
  if (parsed.success) return parsed.data
  // Paths and kinds of the faults only: the values may name people.
  const faults = parsed.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.')} ${issue.code}`)
  throw strangeAnswer(path, `unexpected answer: ${faults.join(', ')}`)
}

/** A JSON object that reports no error. */
function readBody(path: string, answer: HttpAnswer, purpose?: CallPurpose): object {
  const { status, bytes } = answer
  if (status >= 500) throw lostCall(path, `HTTP ${status}`, true)
  if (status !== 200)
    throw new WechatError({ path, errmsg: `HTTP ${status}`, kind: 'unknown', ambiguous: false })
  const body = parsed(path, bytes)
  const { errcode, errmsg } = body as { errcode?: unknown; errmsg?: unknown }
  if (errcode === undefined || Number(errcode) === 0) return body
  throw refusedCall(path, { ...body, errcode: Number(errcode), errmsg: String(errmsg ?? '') }, purpose)
}

function parsed(path: string, bytes: Buffer): object {
  let body: unknown
  try {
    body = parseBigJson(bytes.toString('utf8'))
  } catch (cause) {
    throw strangeAnswer(path, 'the answer is not JSON', cause)
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw strangeAnswer(path, 'the answer is not a JSON object')
  return body
}

/** Files and errors come from the same calls: errors are JSON, sometimes labelled as plain text. */
export const isJson = ({ status, contentType, bytes }: HttpAnswer): boolean =>
  status !== 200 || /json/i.test(contentType) || (/text\/plain/i.test(contentType) && bytes[0] === 0x7b)
