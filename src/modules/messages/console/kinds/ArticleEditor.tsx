import { FileTextOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpoint } from '../../../../console/hooks.ts'
import { useAccountId } from '../../../../console/session.ts'
import { ArticlePicker } from '../../../contents/console/index.ts'
import { getArticleSetEndpoint } from '../../../contents/schema.ts'
import type { ContentOf } from '../../schema.ts'
import { useCompose, useEdit } from '../compose-context.ts'
import { FieldRow } from '../FieldRow.tsx'

/** 图文到公众号文章: one of those published at WeChat and synced here. */
export function ArticleEditor({ content }: { content: ContentOf<'article'> }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const edit = useEdit<'article'>()
  const { place } = useCompose()
  const [open, setOpen] = useState(false)
  const { articleSetId } = content
  const { data: set } = useEndpoint(
    getArticleSetEndpoint,
    { params: { accountId, articleSetId: articleSetId ?? '' } },
    { enabled: articleSetId !== null },
  )
  const title = set?.articles[content.index]?.title
  return (
    <FieldRow field="articleSetId" label={t('messages.kind.article')} hint={t('messages.hint.article')}>
      <div className="w-row">
        {title !== undefined && <strong>{title}</strong>}
        <Button icon={<FileTextOutlined />} onClick={() => setOpen(true)}>
          {t(articleSetId === null ? 'articles.choose' : 'messages.changeArticle')}
        </Button>
      </div>
      <ArticlePicker
        open={open}
        room={1}
        place={place}
        onClose={() => setOpen(false)}
        onPick={([first]) => {
          setOpen(false)
          if (first !== undefined) edit({ articleSetId: first.articleSetId, index: first.index })
        }}
      />
    </FieldRow>
  )
}
