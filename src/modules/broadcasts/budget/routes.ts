import { type Route, route } from '../../manifest.ts'
import { askBudgetEndpoint, massBudgetEndpoint, saturationEndpoint } from '../schema/budget.ts'
import { askBudget } from './ask.ts'
import { readCalendar } from './calendar.ts'
import { readSaturation } from './saturation.ts'

/** 额度日历. */
export const budgetRoutes: readonly Route[] = [
  route(massBudgetEndpoint, (ctx, { params, query }) => readCalendar(ctx, params.accountId, query.month)),
  route(askBudgetEndpoint, (ctx, { params, body }) => askBudget(ctx, params.accountId, body)),
  route(saturationEndpoint, (ctx, { params, query }) => readSaturation(ctx, params.accountId, query.month)),
]
