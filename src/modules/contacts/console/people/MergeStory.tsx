import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import type { ContactMerge } from '../../schema.ts'

/** Who became whom, why, and what went along. */
export function MergeStory({ merge }: { merge: ContactMerge }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { moved, links } = merge
  return (
    <>
      <strong>{t('people.mergedFrom', { source: merge.sourceId, target: merge.targetId })}</strong>
      <div>
        {t(`people.causes.${merge.cause}`)}
        {merge.mergedBy !== null && ` · ${merge.mergedBy}`}
      </div>
      {links.length > 0 && (
        <div className="w-soft w-small">
          {links.map(({ kind, value }) => `${t(`people.kinds.${kind}`)} ${value}`).join(' ＝ ')}
        </div>
      )}
      <div className="w-soft w-small">
        {t('people.moved', { ...moved, identities: moved.identities.length })}
      </div>
      <div className="w-faint w-small">
        {format.second(merge.mergedAt)}
        {merge.undoneAt !== null &&
          ` · ${t('people.undone', {
            at: format.instant(merge.undoneAt),
            by: merge.undoneBy === null ? '' : ` · ${merge.undoneBy}`,
          })}`}
      </div>
    </>
  )
}
