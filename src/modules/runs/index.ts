export { findLastDone, getRun, type StartedRun, startRun } from './commands.ts'
export { executeRun, RunInterrupted, type RunReport } from './execute.ts'
export {
  fileImportValues,
  inOrder,
  MAX_KEPT_ERRORS,
  moveFileImport,
  type NewFileImport,
  presentFileImport,
  tidyFileImports,
} from './file-imports.ts'
export { explained, explainWechatError, patiently } from './platform-failure.ts'
export type { RunView } from './schema.ts'
export type { Progress, Run } from './store.ts'
