import { Drawer, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useCursorList } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { CursorTable } from '../../../console/ui/CursorTable.tsx'
import { EmptyState } from '../../../console/ui/states.tsx'
import { type ArticlePublication, listArticlePublicationsEndpoint } from '../schema.ts'
import { PublicationTag, usePublicationText } from './PublicationTag.tsx'

/** 发布记录: who published what, when, and how it ended. */
export function PublicationsDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Drawer open={open} onClose={onClose} size={860} title={t('publishing.records')} destroyOnHidden>
      <Publications />
    </Drawer>
  )
}

function Publications() {
  const { t } = useTranslation()
  const format = useFormat()
  const textOf = usePublicationText()
  const accountId = useAccountId()
  const list = useCursorList(listArticlePublicationsEndpoint, { params: { accountId } }, { every: 3_000 })
  const columns: TableColumnsType<ArticlePublication> = [
    { title: t('publishing.at'), render: (_value, one) => format.instant(one.createdAt), width: 170 },
    {
      title: t('publishing.what'),
      render: (_value, { title, urls }) => (
        <div>
          {title || t('articles.untitled')}
          {urls.map((url, index) => (
            <div key={url} className="w-small">
              <a href={url} target="_blank" rel="noreferrer noopener">
                {t('publishing.openNth', { n: index + 1 })}
              </a>
            </div>
          ))}
        </div>
      ),
    },
    { title: t('publishing.by'), render: (_value, one) => one.createdBy ?? t('common.system'), width: 120 },
    {
      title: t('common.state'),
      width: 300,
      render: (_value, one) => (
        <div>
          <PublicationTag publication={one} />
          <div className="w-soft w-small">{textOf(one)}</div>
        </div>
      ),
    },
  ]
  return (
    <CursorTable
      list={list}
      columns={columns}
      rowKey="id"
      empty={<EmptyState title={t('publishing.empty')} hint={t('publishing.emptyHint')} />}
    />
  )
}
