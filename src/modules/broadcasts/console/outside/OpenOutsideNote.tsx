import { Alert, Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useAccountId } from '../../../../console/session.ts'
import type { MassBudget } from '../../schema.ts'

/** The month may be shown too favourably: nobody said, or nobody knows, to whom a send from outside went. */
export function OpenOutsideNote({ budget }: { budget: MassBudget }) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const { sends, people } = budget.outside.open
  if (sends === 0 || budget.perFan === null) return null
  return (
    <Alert
      style={{ marginBottom: 8 }}
      type="warning"
      showIcon
      title={t('massOutside.openNote', { sends: format.number(sends), people: format.number(people) })}
      action={
        <Link to={`/accounts/${accountId}/broadcasts/outside?view=all`}>
          <Button size="small">{t('massOutside.title')}</Button>
        </Link>
      }
    />
  )
}
