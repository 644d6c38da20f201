import type { Ctx } from '../../../context.ts'
import { tidyFileImports } from '../../runs/index.ts'

/** Files go a day after they were uploaded, refused records after a week; how many went. */
export const tidyImports = (ctx: Ctx): Promise<number> =>
  tidyFileImports(ctx, {
    imports: 'dataset_imports',
    errors: 'dataset_import_errors',
    others: 'people_imports',
  })
