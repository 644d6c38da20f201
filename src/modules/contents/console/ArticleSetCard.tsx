import { Checkbox } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { Cover } from '../../../console/ui/Cover.tsx'
import { StateTag } from '../../../console/ui/StateTag.tsx'
import type { ArticlePublication, ArticleSetSummary } from '../schema.ts'
import { PublicationTag } from './PublicationTag.tsx'
import './contents.css'

export function ArticleSetCard({
  set,
  folder,
  publication,
  chosen,
  onChoose,
  onOpen,
}: {
  set: ArticleSetSummary
  folder: string | undefined
  /** The last of this draft. */
  publication: ArticlePublication | undefined
  chosen: boolean
  onChoose: (() => void) | undefined
  onOpen: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const [first, ...others] = set.articles
  const problem = set.articles.find((article) => article.problem !== null)?.problem
  const title = set.title === '' ? t('articles.untitled') : set.title
  const facts = [
    others.length > 0 ? t('articles.count', { count: set.articles.length }) : first?.author,
    folder,
  ].filter(Boolean)
  return (
    <div className="w-material">
      {onChoose !== undefined && (
        <Checkbox
          className="w-material-tick"
          checked={chosen}
          aria-label={t('materials.tick', { name: title })}
          onChange={onChoose}
        />
      )}
      <button
        type="button"
        className={`w-set${set.goneAt === null ? '' : ' w-set-gone'}${chosen ? ' w-set-chosen' : ''}`}
        onClick={onOpen}
      >
        <Cover url={first?.thumbUrl ?? null} shape="wide" />
        <div className="w-set-title">{title}</div>
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
          <span className="w-ellipsis">{facts.join(' · ')}</span>
          {set.goneAt !== null ? (
            <StateTag tone="idle">
              {t(publication?.state === 'done' ? 'articles.nowPublished' : 'articles.gone')}
            </StateTag>
          ) : publication !== undefined ? (
            <PublicationTag publication={publication} />
          ) : problem ? (
            <StateTag tone="warn">{t(`articles.problem.${problem}`)}</StateTag>
          ) : (
            <span className="w-nowrap">
              {t(set.kind === 'history' ? 'materials.sentAt' : 'articles.syncedAt', {
                at: format.day(set.syncedAt),
              })}
            </span>
          )}
        </div>
      </button>
    </div>
  )
}
