export { GoalEditor } from './GoalEditor.tsx'
export { useGoalText } from './goal-words.ts'
export { SendFiguresPanel } from './SendFiguresPanel.tsx'
