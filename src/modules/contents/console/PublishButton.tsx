import { CloudUploadOutlined } from '@ant-design/icons'
import { Button, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { ConfirmWithNumbers } from '../../../console/ui/ConfirmWithNumbers.tsx'
import {
  type ArticlePublication,
  type ArticleSetPreview,
  getArticleSetEndpoint,
  listArticlePublicationsEndpoint,
  listArticleSetsEndpoint,
  publishArticleSetEndpoint,
} from '../schema.ts'
import { isUnderWay } from './use-publications.ts'

/** 发布, after saying what that does and what it doesn't. */
export function PublishButton({
  set,
  publication,
}: {
  set: ArticleSetPreview
  publication: ArticlePublication | undefined
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const allowed = useCan('contents:publish')
  const [asking, setAsking] = useState(false)
  const publish = useEndpointMutation(publishArticleSetEndpoint, {
    invalidates: [listArticlePublicationsEndpoint, listArticleSetsEndpoint, getArticleSetEndpoint],
  })
  const running = publication !== undefined && isUnderWay(publication)
  return (
    <>
      <Tooltip title={allowed ? undefined : t('common.notAllowed')}>
        <Button
          type="primary"
          icon={<CloudUploadOutlined />}
          disabled={!allowed || running}
          onClick={() => setAsking(true)}
        >
          {t(running ? 'publishing.running' : 'publishing.publish')}
        </Button>
      </Tooltip>
      <ConfirmWithNumbers
        open={asking}
        title={t('publishing.confirm', { title: set.title || t('articles.untitled') })}
        numbers={[
          { label: t('publishing.articles'), value: t('articles.count', { count: set.articles.length }) },
          { label: t('publishing.notified'), value: t('publishing.nobody'), strong: true },
          { label: t('publishing.quota'), value: t('publishing.none') },
        ]}
        note={
          <ul style={{ margin: 0, paddingInlineStart: 18 }}>
            {(['does', 'doesNot', 'usable', 'draft'] as const).map((line) => (
              <li key={line}>{t(`publishing.about.${line}`)}</li>
            ))}
            {publication?.state === 'unknown' && <li>{t('publishing.about.unknownBefore')}</li>}
          </ul>
        }
        okText={t('publishing.publish')}
        busy={publish.isPending}
        onConfirm={() =>
          publish.mutate(
            { params: { accountId, articleSetId: set.id } },
            { onSettled: () => setAsking(false) },
          )
        }
        onCancel={() => setAsking(false)}
      />
    </>
  )
}
