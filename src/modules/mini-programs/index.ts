export { createMiniProgram, linkMiniProgram, type NewMiniProgram } from './commands.ts'
export { listLinkedAppIds } from './reads.ts'
export { unboundAppIds } from './rules.ts'
