import type { TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import type { BroadcastListItem } from '../../schema.ts'
import { ConfirmationMark } from '../detail/ConfirmationNotice.tsx'
import { TotalsBar } from '../TotalsBar.tsx'
import { isMoving, LabelTag } from '../words.tsx'
import { RowActions } from './RowActions.tsx'

export function useColumns(): TableColumnsType<BroadcastListItem> {
  const { t } = useTranslation()
  return [
    { title: t('broadcasts.name'), render: (_, row) => <Face row={row} /> },
    {
      title: t('common.state'),
      width: 128,
      render: (_, row) => (
        <>
          <LabelTag label={row.label} />
          <ConfirmationMark confirmation={row.confirmation} />
        </>
      ),
    },
    {
      title: t('massGroups.people'),
      width: 200,
      render: (_, row) =>
        row.state === 'draft' ? (
          <span className="w-faint">—</span>
        ) : (
          <TotalsBar totals={row.totals} moving={isMoving(row.label)} />
        ),
    },
    {
      title: t('broadcasts.time'),
      width: 170,
      className: 'w-nowrap',
      render: (_, row) => <When row={row} />,
    },
    {
      key: 'actions',
      title: t('common.actions'),
      width: 230,
      className: 'w-right w-nowrap',
      render: (_, row) => <RowActions row={row} />,
    },
  ]
}

function Face({ row }: { row: BroadcastListItem }) {
  const { t } = useTranslation()
  const about = [
    t(`broadcasts.content.${row.contentKind}`),
    row.title,
    row.activity?.name,
    t(`broadcasts.pathShort.${row.path}`),
    row.groupCount > 1 && t('massGroups.more', { count: row.groupCount }),
  ].filter(Boolean)
  return (
    <div className="w-cast-name">
      {row.coverUrl !== null && <img src={row.coverUrl} alt="" referrerPolicy="no-referrer" loading="lazy" />}
      <div style={{ minWidth: 0 }}>
        <strong>{row.name}</strong>
        <div className="w-faint w-small w-cast-about">{about.join(' · ')}</div>
      </div>
    </div>
  )
}

/** The next time something goes out; else when it began, was confirmed or written. */
function When({ row }: { row: BroadcastListItem }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <>
      {row.nextAt === null
        ? format.instant(row.startedAt ?? row.confirmedAt ?? row.createdAt)
        : t('massGroups.next', { at: format.instant(row.nextAt) })}
      <div className="w-faint w-small">
        {t(row.confirmedAt === null ? 'broadcasts.draftedBy' : 'broadcasts.by', {
          name: row.createdByName ?? t('common.system'),
        })}
      </div>
    </>
  )
}
