import { Tag, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import type { MessageTemplate } from '../schema.ts'

/** Which kind it is, and the word that decides what may be done with it. */
export function TemplateKindTags({
  template,
}: {
  template: Pick<MessageTemplate, 'kind' | 'term' | 'family'>
}) {
  const { t } = useTranslation()
  const { kind, term, family } = template
  return (
    <div className="w-row">
      <Tag style={{ margin: 0 }}>{t(`templates.kind.${kind}`)}</Tag>
      {term !== null && (
        <Tooltip title={t(`templates.termHint.${term}`)}>
          <Tag style={{ margin: 0 }}>{t(`templates.term.${term}`)}</Tag>
        </Tooltip>
      )}
      {family !== null && (
        <Tooltip title={t(`templates.familyHint.${family}`)}>
          <Tag style={{ margin: 0 }}>{t(`templates.family.${family}`)}</Tag>
        </Tooltip>
      )}
    </div>
  )
}
