export { ARTICLE_FIGURES_TOPIC } from './collect.ts'
export {
  type ArticleFigures,
  dayState,
  type FigureDay,
  type Figures,
  figureDays,
  figuresAt,
  figuresByDay,
  latestFigures,
} from './reads.ts'
export { lastStatDay, settledAt } from './rules.ts'
export { expectFigures } from './store.ts'
