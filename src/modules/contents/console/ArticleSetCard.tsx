import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { Cover } from '../../../console/ui/Cover.tsx'
import { StateTag } from '../../../console/ui/StateTag.tsx'
import type { ArticlePublication, ArticleSetSummary } from '../schema.ts'
import { PublicationTag } from './PublicationTag.tsx'
import './contents.css'

export function ArticleSetCard({
  set,
  publication,
  onOpen,
}: {
  set: ArticleSetSummary
  /** The last of this draft. */
  publication: ArticlePublication | undefined
  onOpen: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const [first, ...others] = set.articles
  const problem = set.articles.find((article) => article.problem !== null)?.problem
  return (
    <button type="button" className={`w-set${set.goneAt === null ? '' : ' w-set-gone'}`} onClick={onOpen}>
      <Cover url={first?.thumbUrl ?? null} shape="wide" />
      <div className="w-set-title">{set.title === '' ? t('articles.untitled') : set.title}</div>
      {others.length > 0 && (
        <div className="w-set-rows">
          {others.slice(0, 2).map((article) => (
            <div key={article.index} className="w-ellipsis">
              {article.title}
            </div>
          ))}
        </div>
      )}
      <div className="w-set-foot">
        <span>
          {t(`articles.kind.${set.kind}`)}
          {others.length > 0 && ` · ${t('articles.count', { count: set.articles.length })}`}
        </span>
        {set.goneAt !== null ? (
          <StateTag tone="idle">
            {t(publication?.state === 'done' ? 'articles.nowPublished' : 'articles.gone')}
          </StateTag>
        ) : publication !== undefined ? (
          <PublicationTag publication={publication} />
        ) : problem ? (
          <StateTag tone="warn">{t(`articles.problem.${problem}`)}</StateTag>
        ) : (
          <span className="w-nowrap">{t('articles.syncedAt', { at: format.day(set.syncedAt) })}</span>
        )}
      </div>
    </button>
  )
}
