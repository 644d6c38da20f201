import { LinkOutlined, ReloadOutlined, SendOutlined } from '@ant-design/icons'
import { Alert, App, Button, Drawer, Segmented, Space, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint, useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { Loaded } from '../../../console/ui/states.tsx'
import {
  type ArticleSetPreview,
  getArticleSetEndpoint,
  listArticleSetsEndpoint,
  refreshArticleSetEndpoint,
} from '../schema.ts'
import { articleDocument } from './article-document.ts'
import { DeleteMaterialButton } from './DeleteMaterialButton.tsx'
import { PublicationAlert } from './PublicationTag.tsx'
import { PublishButton } from './PublishButton.tsx'
import { UsedIn } from './UsedIn.tsx'
import type { Publications } from './use-publications.ts'
import './contents.css'

export function ArticleSetDrawer({
  articleSetId,
  publications,
  onClose,
}: {
  articleSetId: string | undefined
  /** Where a draft may be published. */
  publications?: Publications
  onClose: () => void
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const query = useEndpoint(
    getArticleSetEndpoint,
    { params: { accountId, articleSetId: articleSetId ?? '' } },
    { enabled: articleSetId !== undefined },
  )
  const publication = articleSetId === undefined ? undefined : publications?.lastOf(articleSetId)
  return (
    <Drawer
      open={articleSetId !== undefined}
      onClose={onClose}
      size={520}
      title={t('articles.preview')}
      destroyOnHidden
      extra={
        articleSetId !== undefined && (
          <Space>
            {query.data?.kind !== 'history' && <RefreshButton articleSetId={articleSetId} />}
            {publications !== undefined && query.data?.kind === 'draft' && query.data.goneAt === null && (
              <PublishButton set={query.data} publication={publication} />
            )}
            {publications !== undefined && query.data?.kind === 'draft' && query.data.goneAt === null && (
              <DeleteMaterialButton
                of={{ material: 'article-set', id: articleSetId }}
                name={query.data.title}
                onDeleted={onClose}
              />
            )}
          </Space>
        )
      }
    >
      {publication !== undefined && <PublicationAlert publication={publication} />}
      <Loaded query={query}>{(set) => <Preview key={set.id} set={set} />}</Loaded>
    </Drawer>
  )
}

function Preview({ set }: { set: ArticleSetPreview }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [index, setIndex] = useState(0)
  const article = set.articles[index] ?? set.articles[0]
  if (article === undefined) return null
  return (
    <div className="w-stack">
      {set.articles.length > 1 && (
        <Segmented
          value={index}
          onChange={setIndex}
          options={set.articles.map((one, place) => ({
            value: place,
            label: t('articles.nth', { n: place + 1 }),
            title: one.title,
          }))}
        />
      )}
      {article.problem !== null && (
        <Alert
          type="warning"
          showIcon
          title={t(`articles.problem.${article.problem}`)}
          description={t(`articles.problemHint.${article.problem}`)}
        />
      )}
      <div>
        <h2 style={{ margin: '0 0 4px', fontSize: 18 }}>{article.title}</h2>
        <div className="w-faint w-small">
          {article.author !== '' && `${article.author} · `}
          {t(`articles.kind.${set.kind}`)} ·{' '}
          {t(set.kind === 'history' ? 'materials.sentAt' : 'articles.syncedAt', {
            at: format.instant(set.syncedAt),
          })}
        </div>
        {article.digest !== '' && (
          <p className="w-soft" style={{ margin: '8px 0 0' }}>
            {article.digest}
          </p>
        )}
      </div>
      <iframe
        className="w-article-frame"
        title={article.title}
        sandbox=""
        srcDoc={articleDocument(article.html)}
      />
      <Space wrap size="large">
        <SendLink set={set} />
        {article.url !== null && (
          <a href={article.url} target="_blank" rel="noreferrer noopener">
            <LinkOutlined /> {t('articles.openAtWechat')}
          </a>
        )}
      </Space>
      <UsedIn material="article-set" id={set.id} />
    </div>
  )
}

/** A new mass send that begins with these articles. */
function SendLink({ set: { id, goneAt } }: { set: ArticleSetPreview }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  if (!useCan('broadcasts:write') || goneAt !== null) return null
  return (
    <Link to={`/accounts/${accountId}/broadcasts/new?articles=${id}`}>
      <SendOutlined /> {t('materials.send')}
    </Link>
  )
}

function RefreshButton({ articleSetId }: { articleSetId: string }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const accountId = useAccountId()
  const allowed = useCan('contents:write')
  const refresh = useEndpointMutation(refreshArticleSetEndpoint, {
    invalidates: [getArticleSetEndpoint, listArticleSetsEndpoint],
    onSuccess: ({ changed }) => void message.success(t(changed ? 'articles.changed' : 'articles.unchanged')),
  })
  return (
    <Tooltip title={allowed ? t('articles.refreshHint') : t('common.notAllowed')}>
      <Button
        icon={<ReloadOutlined />}
        disabled={!allowed}
        loading={refresh.isPending}
        onClick={() => refresh.mutate({ params: { accountId, articleSetId } })}
      >
        {t('articles.refresh')}
      </Button>
    </Tooltip>
  )
}
