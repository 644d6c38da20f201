import { Table, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { StateTag } from '../../../../console/ui/StateTag.tsx'
import type { Originality } from '../../schema.ts'

type Article = Originality['articles'][number]

const STATE = ['unchecked', 'checking'] as const
const stateOf = ({ auditState }: Article) => (auditState === 11 ? 'passed' : (STATE[auditState] ?? 'reprint'))

const CHECK = { 1: 'fine', 2: 'allowed', 3: 'forbidden' } as const

/** 原创校验: what WeChat found of the whole and of each article. */
export function ReprintResult({ originality }: { originality: Originality }) {
  const { t } = useTranslation()
  const { checkState, articles } = originality
  const columns: TableColumnsType<Article> = [
    {
      title: t('massRecords.article'),
      width: 90,
      render: (_, { place }) => t('massFollowing.offline.article', { place }),
    },
    {
      title: t('massFollowing.reprint.found'),
      width: 200,
      render: (_, article) => {
        const state = stateOf(article)
        return (
          <StateTag tone={state === 'passed' ? 'good' : state === 'reprint' ? 'warn' : 'idle'}>
            {t(`massFollowing.reprint.state.${state}`)}
          </StateTag>
        )
      },
    },
    {
      title: t('massFollowing.reprint.may'),
      width: 160,
      render: (_, article) =>
        stateOf(article) !== 'reprint'
          ? '—'
          : t(article.canReprint ? 'massFollowing.reprint.yes' : 'massFollowing.reprint.no'),
    },
    {
      title: t('massFollowing.reprint.original'),
      render: (_, { originalUrl }) =>
        originalUrl === null ? (
          '—'
        ) : (
          <a href={originalUrl} target="_blank" rel="noreferrer">
            {originalUrl}
          </a>
        ),
    },
  ]
  return (
    <div style={{ marginTop: 12 }}>
      <div className="w-small" style={{ marginBottom: 6 }}>
        {t('massFollowing.reprint.title')}
        {checkState !== null && ` · ${t(`massFollowing.reprint.check.${CHECK[checkState]}`)}`}
      </div>
      <Table<Article>
        size="small"
        rowKey="place"
        columns={columns}
        dataSource={articles}
        pagination={false}
      />
    </div>
  )
}
