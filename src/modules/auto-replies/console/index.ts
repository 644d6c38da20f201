export { AnswerEditor, newAnswer } from './AnswerEditor.tsx'
export { AnswerSummary } from './AnswerSummary.tsx'
export { RuleEditPage } from './edit/RuleEditPage.tsx'
export { RepliesPage } from './RepliesPage.tsx'
