import { ARTICLE_FIGURES_TOPIC } from '../../article-figures/index.ts'
import { type Route, route, type Sweep } from '../../manifest.ts'
import { chooseVariantEndpoint, experimentEndpoint, liftEndpoint } from '../schema.ts'
import { chooseVariant, readExperiment } from './commands.ts'
import { readLift } from './lift.ts'
import { decideNext } from './sweep.ts'

/** A/B 测试 and 对照组. */
export const experimentRoutes: readonly Route[] = [
  route(experimentEndpoint, (ctx, { params }) => readExperiment(ctx, params)),
  route(chooseVariantEndpoint, (ctx, { params, body }) => chooseVariant(ctx, params, body.variant)),
  route(liftEndpoint, (ctx, { params, query }) => readLift(ctx, params, query)),
]

export const experimentSweeps: readonly Sweep[] = [
  { name: 'broadcasts.decide', topic: ARTICLE_FIGURES_TOPIC, everyMs: 1_000, run: decideNext },
]
