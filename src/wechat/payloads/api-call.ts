import { z } from 'zod'

/** One HTTP call of the platform: where it goes, what it takes, and what a good answer looks like. */
export type ApiCall<C extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** Query parameters of a GET, JSON body of a POST. */
  readonly call: C
  readonly reply: R
}

export type CallOf<A> = A extends ApiCall<infer C, z.ZodType> ? z.input<C> : never
export type ReplyOf<A> = A extends ApiCall<z.ZodType, infer R> ? z.output<R> : never

export const get = <C extends z.ZodType, R extends z.ZodType>(
  path: string,
  call: C,
  reply: R,
): ApiCall<C, R> => ({
  method: 'GET',
  path,
  call,
  reply,
})

export const post = <C extends z.ZodType, R extends z.ZodType>(
  path: string,
  call: C,
  reply: R,
): ApiCall<C, R> => ({
  method: 'POST',
  path,
  call,
  reply,
})

/** A 64-bit id in an answer: a number while it is small, a string from `parseBigJson` beyond 2^53; always a string here. */
export const id64 = z.union([z.string().min(1), z.number().int()]).transform(String)
/** The same id on its way out, as the integer the platform documents. */
export const outgoingId64 = z
  .string()
  .regex(/^\d{1,20}$/)
  .transform((digits) => BigInt(digits))

export const flag = z.union([z.literal(0), z.literal(1)])
export const count = z.number().int().min(0)
export const unixSeconds = z.number().int()
export const openId = z.string().min(1).max(128)
export const nothing = z.object({})
/** Calls that return nothing else must at least say so; an empty object is not an answer. */
export const done = z.object({ errcode: z.literal(0), errmsg: z.string().optional() })
