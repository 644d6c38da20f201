export { unboundAppIds } from '../rules.ts'
export { MiniProgramsPage } from './MiniProgramsPage.tsx'
export { useLinkedMiniPrograms } from './use-linked.ts'
