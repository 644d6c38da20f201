import type { Ctx } from '../../../context.ts'
import { tidyFileImports } from '../../runs/index.ts'

/** Files go a day after they were uploaded, refused rows after a week; how many went. */
export const tidyPeopleImports = (ctx: Ctx): Promise<number> =>
  tidyFileImports(ctx, {
    imports: 'people_imports',
    errors: 'people_import_errors',
    others: 'dataset_imports',
  })
