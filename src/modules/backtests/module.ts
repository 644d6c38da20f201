import type { Manifest } from '../manifest.ts'

/** 回测: a rule played over what is on record, to see whom it would have reached. */
export const backtestsModule: Manifest = { name: 'backtests' }
