export { lint } from './lint/lint.ts'
export { assertAllowed, findingsOf } from './lint/settings.ts'
export { resolveContent } from './resolve.ts'
export {
  type CheckFacts,
  checkContent,
  dependsOnPerson,
  linksOf,
  materialsIn,
  needsOf,
  render,
  tapsOf,
  templateOf,
} from './rules.ts'
export type {
  ContentLink,
  ContentProblem,
  LintFinding,
  MessageContent,
  Needs,
  OutgoingMessage,
  Rendered,
  RenderReason,
  ResolvedContent,
  ResolvedTemplate,
  Tie,
  Values,
} from './schema.ts'
export { type Asked, readValues } from './values.ts'
