import type { BodyInputOf, Endpoint, ParamsOf, QueryInputOf, ResponseOf } from '../kernel/endpoint.ts'

type Field<Name extends string, T> = [T] extends [undefined]
  ? { [K in Name]?: undefined }
  : Record<string, never> extends T
    ? { [K in Name]?: T }
    : { [K in Name]: T }

/** What one call takes, told by its declaration alone. */
export type InputOf<E> = Field<'params', ParamsOf<E>> &
  Field<'query', QueryInputOf<E>> &
  Field<'body', BodyInputOf<E>>

type AnyInput = { params?: unknown; query?: unknown; body?: unknown }

/** A refusal of the server. `reason` is stable; the console translates it with the numbers in `detail`. */
export class ApiError extends Error {
  readonly status: number
  readonly reason: string
  readonly detail: Record<string, unknown>

  constructor(status: number, reason: string, message: string, detail: Record<string, unknown> = {}) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.reason = reason
    this.detail = detail
  }
}

/** Calls a declared endpoint. Throws {@link ApiError}, also when no answer came (`network`, status 0). */
export async function call<E extends Endpoint>(
  endpoint: E,
  input: InputOf<E>,
  signal?: AbortSignal,
): Promise<ResponseOf<E>> {
  const { body } = input as AnyInput
  const response = await send(urlOf(endpoint, input), {
    method: endpoint.method,
    headers: {
      'x-weida-request': '1',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  })
  return (await response.json()) as ResponseOf<E>
}

/** The address of a call, for links, downloads and uploads that don't go through {@link call}. */
export function urlOf<E extends Endpoint>(endpoint: E, input: Omit<InputOf<E>, 'body'>): string {
  const { params, query } = input as AnyInput
  const path = endpoint.path.replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(String((params as Record<string, unknown> | undefined)?.[name])),
  )
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries((query ?? {}) as Record<string, unknown>)) {
    if (value === undefined || value === null || value === '') continue
    for (const single of Array.isArray(value) ? value : [value]) search.append(name, String(single))
  }
  const text = search.toString()
  return text === '' ? path : `${path}?${text}`
}

async function send(url: string, init: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(url, { credentials: 'same-origin', ...init })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError(0, 'network', 'the server did not answer')
  }
  if (response.ok) return response
  throw toApiError(response.status, await response.text())
}

/** Uploads one file as multipart form data, with progress from 0 to 1. */
export function upload<E extends Endpoint>(
  endpoint: E,
  input: Omit<InputOf<E>, 'body'>,
  file: File | Blob,
  options: { name?: string; fields?: Record<string, string>; onProgress?: (share: number) => void } = {},
): Promise<ResponseOf<E>> {
  const form = new FormData()
  for (const [name, value] of Object.entries(options.fields ?? {})) form.append(name, value)
  form.append('file', file, options.name ?? (file instanceof File ? file.name : 'image.jpg'))
  // fetch can't tell how much of a body has gone out
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(endpoint.method, urlOf(endpoint, input))
    request.setRequestHeader('x-weida-request', '1')
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) options.onProgress?.(event.loaded / event.total)
    }
    request.onerror = () => reject(new ApiError(0, 'network', 'the server did not answer'))
    request.onload = () => {
      if (request.status < 300) resolve(JSON.parse(request.responseText) as ResponseOf<E>)
      else reject(toApiError(request.status, request.responseText))
    }
    request.send(form)
  })
}

type ErrorBody = { error?: { reason?: string; message?: string; detail?: Record<string, unknown> } }

function toApiError(status: number, text: string): ApiError {
  try {
    const { error } = JSON.parse(text) as ErrorBody
    return new ApiError(status, error?.reason ?? 'internal', error?.message ?? text, error?.detail ?? {})
  } catch {
    return new ApiError(status, status >= 502 ? 'network' : 'internal', text.slice(0, 200))
  }
}
