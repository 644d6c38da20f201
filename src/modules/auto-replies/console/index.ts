export { AnswerEditor, newAnswer } from './AnswerEditor.tsx'
export { AnswerSummary } from './AnswerSummary.tsx'
