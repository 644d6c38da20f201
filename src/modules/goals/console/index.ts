export { GoalEditor } from './GoalEditor.tsx'
export { SendFiguresPanel } from './SendFiguresPanel.tsx'
