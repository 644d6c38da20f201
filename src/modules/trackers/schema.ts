import { z } from 'zod'
import { endpoint } from '../../kernel/endpoint.ts'

const tag = 'trackers'

/** Where pages load the H5 script from. With `?v=` of the version served it may be kept for a year. */
export const H5_PATH = '/sdk/weida.js'
export const MINI_PROGRAM_PATH = '/sdk/mini-program/weida.js'

export const h5TrackerEndpoint = endpoint({
  method: 'GET',
  path: H5_PATH,
  access: 'public',
  tag,
  summary: 'The script that tracks pages and actions of an H5 page (埋点脚本)',
  query: z.object({ v: z.string().max(20).optional() }),
  response: z.string(),
})
export const miniProgramTrackerEndpoint = endpoint({
  method: 'GET',
  path: MINI_PROGRAM_PATH,
  access: 'public',
  tag,
  summary: 'The module that does the same in a WeChat mini program, to be put into its sources',
  response: z.string(),
})
