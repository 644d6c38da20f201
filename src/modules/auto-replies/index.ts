export { replyRulesChanged } from './changed.ts'
export { addTargets, type OwnedRule, saveOwnedRule } from './commands/owned.ts'
export { ownedAnswer } from './owned.ts'
export { problemsOfOwned, problemsOfRules } from './reads.ts'
