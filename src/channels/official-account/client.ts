import { FormData } from 'undici'
import type { z } from 'zod'
import { stringifyBigJson } from '../../wechat/big-json.ts'
import type { ApiCall } from '../../wechat/payloads/api-call.ts'
import { isJson, readAnswer } from '../wechat-api/answer.ts'
import type { Guard } from '../wechat-api/guard.ts'
import { createHttp, type Http, type HttpAnswer, type HttpRequest } from '../wechat-api/http.ts'
import type { TokenSource } from '../wechat-api/token.ts'
import { isWechatError, WechatError } from '../wechat-api/wechat-error.ts'

/** A file on its way out. A `Blob` may be read from disk as it is sent (`fs.openAsBlob`). */
export type UploadFile = { readonly name: string; readonly contentType: string; readonly data: Buffer | Blob }
export type Download = { readonly contentType: string; readonly name: string; readonly bytes: Buffer }

/**
 * One account's way to the platform. Every call takes the token from its source and repeats once when the platform
 * says that the token is no good; anything else is thrown as WechatError and never repeated here.
 */
export type OfficialAccountClient = {
  call<C extends z.ZodType, R extends z.ZodType>(api: ApiCall<C, R>, input: z.input<C>): Promise<z.output<R>>
  /** Multipart: the file goes in the part `media`, `fields` beside it, `input` in the query. */
  upload<C extends z.ZodType, R extends z.ZodType>(
    api: ApiCall<C, R>,
    upload: { input: z.input<C>; file: UploadFile; fields?: Record<string, string> },
  ): Promise<z.output<R>>
  /** For calls that answer with a file, or with JSON for some kinds. */
  download<C extends z.ZodType, R extends z.ZodType>(
    api: ApiCall<C, R>,
    input: z.input<C>,
  ): Promise<{ file: Download } | { reply: z.output<R> }>
  /** A file at an address that an answer named. */
  fetch(url: string): Promise<Download>
}

export type ClientOptions = {
  tokenSource: TokenSource
  /** One base URL, or several in the order of preference; the next is tried only when a host can't be reached. */
  baseUrl: string | readonly string[]
} & ({ http: Http } | { guard: Guard })

const UPLOAD_TIMEOUT_MS = 120_000
/** The largest material is a picture or video of 10 MB. */
const DOWNLOAD_BYTES = 24 * 1_048_576

export function createOfficialAccountClient(options: ClientOptions): OfficialAccountClient {
  const { tokenSource } = options
  const http = 'http' in options ? options.http : createHttp({ guard: options.guard })
  const baseUrls = [options.baseUrl].flat()

  /** Sends with the token; once more with a fresh one when it is refused. */
  async function withToken<T>(request: HttpRequest, read: (answer: HttpAnswer) => T): Promise<T> {
    const attempt = async (token: string) =>
      read(await http.send(baseUrls, { ...request, query: { access_token: token, ...request.query } }))
    const token = await beforeCall(tokenSource.get())
    try {
      return await attempt(token)
    } catch (error) {
      if (!isWechatError(error) || error.kind !== 'token') throw error
      return attempt(await beforeCall(tokenSource.refresh(token)))
    }
  }

  return {
    call: (api, input) =>
      withToken(requestOf(api, input), (answer) => readAnswer(api.path, answer, api.reply)),
    upload(api, { input, file, fields = {} }) {
      const body = new FormData()
      for (const [name, value] of Object.entries(fields)) body.set(name, value)
      body.set('media', blobOf(file), file.name)
      const query = queryOf(api.call.parse(input))
      const request: HttpRequest = {
        method: 'POST',
        path: api.path,
        query,
        body,
        timeoutMs: UPLOAD_TIMEOUT_MS,
      }
      return withToken(request, (answer) => readAnswer(api.path, answer, api.reply))
    },
    download(api, input) {
      const request = { ...requestOf(api, input), timeoutMs: UPLOAD_TIMEOUT_MS, maxBytes: DOWNLOAD_BYTES }
      return withToken(request, (answer) =>
        isJson(answer) ? { reply: readAnswer(api.path, answer, api.reply) } : { file: fileOf(answer) },
      )
    },
    async fetch(url) {
      return fileOf(await http.fetch(url, { timeoutMs: UPLOAD_TIMEOUT_MS, maxBytes: DOWNLOAD_BYTES }))
    },
  }
}

/** Whatever became of the request for a token: the call that needed it was not made. */
async function beforeCall(token: Promise<string>): Promise<string> {
  try {
    return await token
  } catch (error) {
    if (!isWechatError(error) || !error.ambiguous) throw error
    throw new WechatError({ ...error, ambiguous: false, cause: error })
  }
}

function requestOf(api: ApiCall, input: unknown): HttpRequest {
  const call = api.call.parse(input)
  return api.method === 'GET'
    ? { method: 'GET', path: api.path, query: queryOf(call) }
    : { method: 'POST', path: api.path, body: stringifyBigJson(call) }
}

const queryOf = (call: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(call as object)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, String(value)]),
  )

const blobOf = ({ data, contentType }: UploadFile): Blob =>
  data instanceof Blob
    ? data.slice(0, data.size, contentType)
    : new Blob([new Uint8Array(data)], { type: contentType })

function fileOf({ contentType, disposition, bytes }: HttpAnswer): Download {
  const name = /filename="?([^";]+)"?/i.exec(disposition)?.[1] ?? ''
  return { contentType, name, bytes }
}
