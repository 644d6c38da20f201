declare const brand: unique symbol
/** A string that can't be mixed up with another kind of id. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }

/** Database ids are 64-bit and travel as decimal strings: a JavaScript number loses them past 2^53. */
export type AccountId = Brand<string, 'AccountId'>
export type ContactId = Brand<string, 'ContactId'>
export type FanId = Brand<string, 'FanId'>
export type OperatorId = Brand<string, 'OperatorId'>
export type BroadcastId = Brand<string, 'BroadcastId'>

/** 公众号 or 小程序 app id, `wx…`. */
export type AppId = Brand<string, 'AppId'>
/** A WeChat user as one official account sees them. */
export type OpenId = Brand<string, 'OpenId'>
/** A WeChat user as all accounts of one open platform see them. */
export type UnionId = Brand<string, 'UnionId'>

/** Names an already checked string as one kind of id: use it where the value enters (a row, a parsed input). */
export const asId = <T extends Brand<string, string>>(value: string): T => value as T
