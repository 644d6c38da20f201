import { useTranslation } from 'react-i18next'
import { useTemplate } from '../../messages/console/index.ts'

/** What a field of a plan or a content is called where it is filled in; a template's by the name it has at WeChat. */
export function useFieldNames(templateId: string | null): (field: string) => string {
  const { t } = useTranslation()
  const { template } = useTemplate(templateId)
  const known: Record<string, string> = {
    caps: t('campaigns.limits.caps'),
    quiet: t('campaigns.limits.quiet'),
    notAfter: t('campaigns.limits.notAfter'),
    holdout: t('campaigns.limits.holdout'),
    ratePerMinute: t('campaigns.limits.rate'),
    url: t('messages.field.opens'),
    page: t('messages.field.opens'),
    text: t('messages.field.text'),
    title: t('messages.field.title'),
    description: t('messages.field.description'),
    pictureUrl: t('messages.field.pictureUrl'),
    head: t('messages.field.head'),
    tail: t('messages.field.tail'),
  }
  return (field) => {
    const key = field.replace(/^fields\./, '')
    return template?.fields.find((one) => one.key === key)?.name ?? known[field] ?? field
  }
}
