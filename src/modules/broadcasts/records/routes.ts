import { type Route, route, streamRoute } from '../../manifest.ts'
import { broadcastFiguresEndpoint } from '../schema/figures.ts'
import {
  downloadMassRecordsEndpoint,
  listMassRecordsEndpoint,
  massFiguresEndpoint,
} from '../schema/records.ts'
import { addUp } from './chart.ts'
import { sendRecords } from './download.ts'
import { readFigures } from './figures.ts'
import { listRecords } from './list.ts'

/** 群发记录 and 图文数据. */
export const recordRoutes: readonly Route[] = [
  route(broadcastFiguresEndpoint, (ctx, { params, query }) => readFigures(ctx, { ...params, ...query })),
  route(listMassRecordsEndpoint, (ctx, { query }) => listRecords(ctx, query)),
  route(massFiguresEndpoint, (ctx, { query }) => addUp(ctx, query)),
  streamRoute(downloadMassRecordsEndpoint, sendRecords),
]
