/** Daily limits by quota key (WeChat: API_Call_Limits, checked 2026-11). A path without an entry has the last one. */
export const DAY_LIMITS: Record<string, number> = {
  '/cgi-bin/token': 2_000,
  '/cgi-bin/stable_token': 500_000,
  '/cgi-bin/media/upload': 100_000,
  '/cgi-bin/media/get': 200_000,
  '/cgi-bin/user/get': 500,
  '/cgi-bin/user/info': 5_000_000,
  '/cgi-bin/user/info/batchget': 5_000_000,
  '/cgi-bin/user/info/updateremark': 10_000,
  '/cgi-bin/message/mass/send': 100,
  '/cgi-bin/message/mass/delete': 10,
  '/cgi-bin/message/custom/send': 500_000,
  '/cgi-bin/message/template/send': 100_000,
  '/cgi-bin/menu/create': 1_000,
  '/cgi-bin/menu/get': 10_000,
  '/cgi-bin/menu/delete': 1_000,
  '/cgi-bin/menu/addconditional': 2_000,
  '/cgi-bin/menu/delconditional': 2_000,
  '/cgi-bin/menu/trymatch': 20_000,
  '/cgi-bin/draft/add': 1_000,
  '/cgi-bin/draft/get': 500,
  '/cgi-bin/draft/update': 1_000,
  '/cgi-bin/draft/delete': 1_000,
  '/cgi-bin/draft/count': 1_000,
  '/cgi-bin/draft/batchget': 1_000,
  '/cgi-bin/freepublish/submit': 100,
  '/cgi-bin/freepublish/delete': 10,
}
const OTHER_DAY_LIMIT = 100_000

/** Limits per minute; only these calls have one. */
export const MINUTE_LIMITS: Record<string, number> = {
  '/cgi-bin/stable_token': 10_000,
  '/cgi-bin/message/mass/send': 60,
  '/cgi-bin/message/mass/preview': 60,
  '/cgi-bin/message/mass/delete': 60,
  '/cgi-bin/message/mass/get': 60,
  '/cgi-bin/message/mass/speed/get': 60,
  '/cgi-bin/message/mass/speed/set': 60,
}

/** sendall and send draw on one allowance of 100 a day. */
const SHARED: Record<string, string> = { '/cgi-bin/message/mass/sendall': '/cgi-bin/message/mass/send' }

export const quotaKeyOf = (path: string): string => SHARED[path] ?? path

export const dayLimitOf = (key: string, overrides: Record<string, number>): number =>
  overrides[key] ?? DAY_LIMITS[key] ?? OTHER_DAY_LIMIT

export const minuteLimitOf = (key: string, overrides: Record<string, number>): number | undefined =>
  overrides[`${key}/minute`] ?? MINUTE_LIMITS[key]
