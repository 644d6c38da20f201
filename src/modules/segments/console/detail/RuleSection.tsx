import { EditOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useCan } from '../../../../console/session.ts'
import type { Rule } from '../../schema/rule.ts'
import type { Segment } from '../../schema/segment.ts'
import { RuleBuilder } from '../builder/RuleBuilder.tsx'
import { useEstimate } from '../estimate/use-estimate.ts'
import type { RuleNames } from '../words/names.ts'
import { ruleInWords } from '../words/rule-in-words.ts'

/** The rule as a sentence, and as it was built with what each condition finds now. */
export function RuleSection({ segment, rule, names }: { segment: Segment; rule: Rule; names: RuleNames }) {
  const { t, i18n } = useTranslation()
  const mayWrite = useCan('segments:write')
  const { estimate } = useEstimate(rule, segment.accountId ?? undefined)
  return (
    <section className="w-panel">
      <h2 className="w-row">
        {t('segments.rule')}
        {mayWrite && segment.archivedAt === null && (
          <Link to={`/segments/${segment.id}/edit`}>
            <Button size="small" type="link" icon={<EditOutlined />}>
              {t('common.edit')}
            </Button>
          </Link>
        )}
      </h2>
      <p className="w-rule-words">{ruleInWords(rule, names, i18n.language === 'en' ? 'en' : 'zh-CN')}</p>
      <RuleBuilder
        readOnly
        value={rule}
        onChange={() => undefined}
        clauses={estimate?.clauses ?? []}
        {...(estimate && { total: estimate.total })}
        {...(segment.accountId !== null && { accountId: segment.accountId })}
      />
    </section>
  )
}
