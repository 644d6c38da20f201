import { Alert, Button, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError, call } from '../../../../console/api.ts'
import { useInvalidate, useTellError } from '../../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../../console/session.ts'
import { Cover } from '../../../../console/ui/Cover.tsx'
import {
  type ArticleSetPreview,
  getArticleSetEndpoint,
  listArticleSetsEndpoint,
  refreshArticleSetEndpoint,
  type SourceChange,
} from '../../../contents/schema.ts'
import type { ComposedArticle } from './draft.ts'
import './content.css'

/** The changes for which a confirmation was refused; undefined for any other error. */
export function changesIn(error: unknown): SourceChange[] | undefined {
  if (!(error instanceof ApiError && error.reason === 'draft_changed')) return undefined
  return error.detail['changes'] as SourceChange[]
}

type Props = {
  changes: readonly SourceChange[]
  articles: readonly ComposedArticle[]
  /** Saves the message as decided; confirming is asked anew. */
  onDecide: (articles: ComposedArticle[]) => Promise<void>
  onClose: () => void
}

/** 图文有变化: before and after, side by side; the operator takes the new one or stays with what was composed. */
export function ChangedSources({ changes, articles, onDecide, onClose }: Props) {
  const { t } = useTranslation()
  const tell = useTellError()
  const { takeNew, allowed } = useTakeNew()
  const [busy, setBusy] = useState<'new' | 'keep'>()
  const changeOf = (place: number) => changes.find((change) => change.place === place)
  const decide = async (how: 'new' | 'keep', next: () => Promise<ComposedArticle[]>) => {
    setBusy(how)
    try {
      await onDecide(await next())
      onClose()
    } catch (error) {
      tell(error)
    } finally {
      setBusy(undefined)
    }
  }
  const keep = async () =>
    articles.map((article, place) => {
      const change = changeOf(place)
      return change === undefined ? article : { ...article, kept: change.seen }
    })
  const gone = changes.some(({ what }) => what === 'gone')
  return (
    <Modal
      open={changes.length > 0}
      width={760}
      title={t('composer.changed.title', { count: changes.length })}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('composer.changed.back')}</Button>
          <Button loading={busy === 'keep'} onClick={() => void decide('keep', keep)}>
            {t('composer.changed.keep')}
          </Button>
          {!gone && (
            <Button
              type="primary"
              disabled={!allowed}
              loading={busy === 'new'}
              onClick={() => void decide('new', () => takeNew(changes, articles))}
            >
              {t('composer.changed.takeNew')}
            </Button>
          )}
        </>
      }
    >
      <p className="w-soft">{t('composer.changed.hint')}</p>
      {gone && (
        <Alert type="warning" showIcon title={t('composer.changed.goneHint')} style={{ marginBottom: 12 }} />
      )}
      {changes.map((change) => (
        <Change key={change.place} change={change} />
      ))}
    </Modal>
  )
}

/** What became of one article, before and after side by side. */
export function Change({ change, before }: { change: SourceChange; before?: string }) {
  const { t } = useTranslation()
  return (
    <section className="w-changed">
      <h3>
        #{change.place + 1} · {change.title}
      </h3>
      {change.what === 'gone' ? (
        <p className="w-soft">{t('composer.changed.gone')}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th aria-label={t('composer.changed.what')} />
              <th>{before ?? t('composer.changed.before')}</th>
              <th>{t('composer.changed.after')}</th>
            </tr>
          </thead>
          <tbody>
            {change.differences.map(({ field, before: old, after }) => (
              <tr key={field}>
                <th scope="row">{t(`composer.changed.field.${field}`)}</th>
                {field === 'cover' ? (
                  <>
                    <td>
                      <Cover url={change.coverBefore} shape="wide" />
                    </td>
                    <td>
                      <Cover url={change.coverAfter} shape="wide" />
                    </td>
                  </>
                ) : field === 'pictures' || (old === '' && after === '') ? (
                  <td colSpan={2}>{t('composer.changed.looks')}</td>
                ) : field === 'comments' ? (
                  <>
                    <td>{t(`composer.changed.comments.${commentsOf(old)}`)}</td>
                    <td>{t(`composer.changed.comments.${commentsOf(after)}`)}</td>
                  </>
                ) : (
                  <>
                    <td>{old || t('composer.changed.empty')}</td>
                    <td>{after || t('composer.changed.empty')}</td>
                  </>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

const commentsOf = (flags: string) => (flags.startsWith('0') ? 'off' : flags === '11' ? 'fans' : 'all')

/** Reads the changed sets anew, and gives the articles as they are now. */
function useTakeNew() {
  const accountId = useAccountId()
  const invalidate = useInvalidate()
  const allowed = useCan('contents:write')
  const takeNew = async (changes: readonly SourceChange[], articles: readonly ComposedArticle[]) => {
    const sets = new Map<string, ArticleSetPreview>()
    for (const articleSetId of new Set(changes.map((change) => change.articleSetId)))
      sets.set(articleSetId, await call(refreshArticleSetEndpoint, { params: { accountId, articleSetId } }))
    invalidate(getArticleSetEndpoint, listArticleSetsEndpoint)
    return articles.map((article) => {
      const found = sets.get(article.articleSetId)?.articles.find(({ index }) => index === article.index)
      if (found === undefined) return article
      const { kept: _, ...rest } = article
      return {
        ...rest,
        title: found.title,
        digest: found.digest,
        coverUrl: article.cover ? article.coverUrl : found.thumbUrl,
      }
    })
  }
  return { takeNew, allowed }
}
