import { Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useAccountId } from '../../../../console/session.ts'
import type { MassBudget } from '../../schema.ts'
import { useOutsideWords } from './words.ts'
import './outside.css'

/** A send from outside on its day of the calendar. */
export function OutsideChip({ entry }: { entry: MassBudget['outside']['entries'][number] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const words = useOutsideWords()
  const accountId = useAccountId()
  const { at, name, people, isOpen } = entry
  return (
    <Tooltip
      title={
        <>
          {words.nameOf({ name })}
          <br />
          {words.peopleOf({ people })} · {t(`massOutside.state.${isOpen ? 'open' : 'charged'}`)}
        </>
      }
    >
      <Link
        className={`w-chip w-chip-outside${isOpen ? ' w-chip-asking' : ''}`}
        to={`/accounts/${accountId}/broadcasts/outside${isOpen ? '' : '?view=decided'}`}
      >
        <span>{format.instant(at).slice(11)}</span> {name === '' ? t('massOutside.title') : name}
        {people !== null && <small>{format.compact(people)}</small>}
      </Link>
    </Tooltip>
  )
}
