import { Typography } from 'antd'
import type { MenuProblem } from '../schema.ts'
import { useProblemWords } from './words.ts'

/** Problems that belong to no field of a form, a line each. */
export function ProblemLines({ problems }: { problems: readonly MenuProblem[] }) {
  const say = useProblemWords()
  return problems.map((problem) => (
    <Typography.Paragraph key={problem.reason} type="danger">
      {say(problem)}
    </Typography.Paragraph>
  ))
}
