import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { ApiError } from '../../../console/api.ts'
import { useFormat } from '../../../console/format.ts'
import { useAccountId } from '../../../console/session.ts'
import { useErrorText } from '../../../console/ui/error-text.ts'
import { StateTag, type Tone } from '../../../console/ui/StateTag.tsx'
import type { ArticlePublication, ArticlePublicationState } from '../schema.ts'
import { isUnderWay } from './use-publications.ts'

const TONES: Record<ArticlePublicationState, Tone> = {
  submitting: 'busy',
  publishing: 'busy',
  done: 'good',
  failed: 'bad',
  unknown: 'odd',
}
const ALERTS = {
  submitting: 'info',
  publishing: 'info',
  done: 'success',
  failed: 'error',
  unknown: 'warning',
} as const

export function PublicationTag({ publication }: { publication: ArticlePublication }) {
  const { t } = useTranslation()
  return (
    <StateTag tone={TONES[publication.state]} pulse={isUnderWay(publication)}>
      {t(`publishing.state.${publication.state}`)}
    </StateTag>
  )
}

/** Why it is as it is, and what to do about it. */
export function usePublicationText(): (publication: ArticlePublication) => string | undefined {
  const { t } = useTranslation()
  const describe = useErrorText()
  return ({ reason, detail, failed, state }) => {
    if (reason === null) return undefined
    const own = t('publishing.reason', { returnObjects: true }) as Record<string, string>
    if (Object.hasOwn(own, reason)) {
      const where =
        state === 'failed' && failed.length > 0
          ? t('publishing.failedAt', { places: failed.join(t('publishing.separator')) })
          : ''
      return `${own[reason]}${where === '' ? '' : ` ${where}`}`
    }
    const { title, advice } = describe(new ApiError(500, reason, '', detail))
    return [title, advice, state === 'submitting' ? t('publishing.stillWaiting') : undefined]
      .filter((part) => part !== undefined)
      .join(' ')
  }
}

export function PublicationAlert({ publication }: { publication: ArticlePublication }) {
  const { t } = useTranslation()
  const format = useFormat()
  const textOf = usePublicationText()
  const accountId = useAccountId()
  const { state, endedAt, createdAt, publishedSetId } = publication
  return (
    <Alert
      type={ALERTS[state]}
      showIcon
      style={{ marginBottom: 12 }}
      title={t(`publishing.told.${state}`, { at: format.instant(endedAt ?? createdAt) })}
      description={textOf(publication) ?? t(`publishing.hint.${state}`)}
      action={
        publishedSetId !== null && (
          <Link to={`/accounts/${accountId}/materials?tab=published&open=${publishedSetId}`}>
            {t('materials.seePublished')}
          </Link>
        )
      }
    />
  )
}
