import { Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { type Path, pathKey } from '../rule/tree.ts'
import { useBuilder } from './context.ts'

/** 漏斗 beside a condition: how many it finds alone, and how many are left or gathered down to it. */
export function ClauseNumbers({ path }: { path: Path }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { clauses, total } = useBuilder()
  const clause = clauses.get(pathKey(path))
  if (clause === undefined) return null
  return (
    <Tooltip title={t('segments.numbersHint')}>
      <span className="w-rule-numbers">
        <span>
          <small>{t('segments.alone')}</small>
          {format.number(clause.alone)}
        </span>
        <span>
          <small>{t('segments.running')}</small>
          <b>{format.number(clause.running)}</b>
        </span>
        <i style={{ width: `${total ? Math.max(1, (clause.running / total) * 100) : 0}%` }} />
      </span>
    </Tooltip>
  )
}
