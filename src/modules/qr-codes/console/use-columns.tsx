import type { TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { BrokenTag } from '../../contents/console/index.ts'
import type { QrCode } from '../schema.ts'
import { CodeStanding } from './CodeStanding.tsx'
import { useLabels } from './LabelPicker.tsx'

/** The columns of the list. */
export function useColumns(): TableColumnsType<QrCode> {
  const { t } = useTranslation()
  const format = useFormat()
  const placements = useLabels('placement').data?.items ?? []
  const folders = useLabels('folder').data?.items ?? []
  const nameOf = (labels: typeof folders, id: string | null) => labels.find((one) => one.id === id)?.name
  const count = (title: string, read: (code: QrCode) => number) => ({
    title,
    align: 'right' as const,
    width: 96,
    render: (_: unknown, code: QrCode) => format.number(read(code)),
  })
  return [
    {
      title: t('common.name'),
      render: (_, code) => (
        <>
          <strong>{code.name}</strong>{' '}
          <BrokenTag
            accountId={code.accountId}
            match={({ kind, id }) => kind === 'reply-rule' && id === code.replyRuleId}
          />
          <div className="w-faint w-small">
            <span className="w-mono">{code.scene.text}</span>
            {code.hasAnswer && ` · ${t('qrCodes.answered')}`}
          </div>
        </>
      ),
    },
    {
      title: t('qrCodes.placement'),
      width: 150,
      render: (_, { placementId, folderId }) => (
        <>
          {nameOf(placements, placementId) ?? <span className="w-faint">—</span>}
          <div className="w-faint w-small">{nameOf(folders, folderId)}</div>
        </>
      ),
    },
    { title: t('common.state'), width: 130, render: (_, code) => <CodeStanding code={code} /> },
    count(t('qrCodes.scans'), ({ figures }) => figures.scans),
    count(t('qrCodes.newFollows'), ({ figures }) => figures.newFollows),
    count(t('qrCodes.backFollows'), ({ figures }) => figures.backFollows),
    count(t('qrCodes.stillFollowing'), ({ figures }) => figures.stillFollowing),
    {
      title: t('common.createdAt'),
      width: 150,
      className: 'w-nowrap',
      render: (_, { createdAt }) => format.instant(createdAt),
    },
  ]
}
