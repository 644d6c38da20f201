import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useAccountId } from '../../../console/session.ts'
import { STARTS } from './starts.ts'
import './campaigns.css'

/** Whole campaigns to begin with, where there is none yet. */
export function Stories() {
  const { t } = useTranslation()
  const accountId = useAccountId()
  return (
    <div className="w-stories">
      {STARTS.map((start) => (
        <Link className="w-story" key={start} to={`/accounts/${accountId}/campaigns/new?start=${start}`}>
          <b>{t(`campaigns.story.${start}`)}</b>
          <small className="w-soft">{t(`campaigns.story.${start}Hint`)}</small>
          <span>{t('campaigns.story.use')}</span>
        </Link>
      ))}
    </div>
  )
}
