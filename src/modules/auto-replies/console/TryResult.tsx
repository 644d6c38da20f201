import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useAccount, useAccountId } from '../../../console/session.ts'
import { Phone } from '../../../console/ui/phone/Phone.tsx'
import { PhoneMessage } from '../../messages/console/index.ts'
import { hasEffect, type TestResult } from '../schema.ts'
import { EffectsSummary } from './AnswerSummary.tsx'
import { useLeastText } from './words.tsx'

/** Which rule answers and why, what the fan sees, and why others don't answer. */
export function TryResult({ result, said }: { result: TestResult; said: string }) {
  const { t } = useTranslation()
  const account = useAccount()
  const { first, rest, effects, also, passedOver } = result
  const replies = [...(first === null ? [] : [first]), ...rest]
  return (
    <>
      <Because result={result} />
      <Warnings warnings={result.warnings} />
      {also !== null && <p className="w-soft">{t('replies.try.also', { name: also.rule.name })}</p>}
      {[effects, also?.effects].map(
        (one, index) =>
          one &&
          hasEffect(one) && (
            <div key={index} className="w-reply-effect">
              <EffectsSummary effects={one} />
            </div>
          ),
      )}
      {passedOver.length > 0 && <PassedOver passedOver={passedOver} />}
      <Phone name={account?.name ?? ''}>
        <div className="w-reply-said">
          <span>{said}</span>
        </div>
        {replies.map(({ content }, place) => (
          <PhoneMessage key={place} content={content} />
        ))}
        {replies.length === 0 && <div className="w-phone-empty">{t('replies.try.silent')}</div>}
      </Phone>
    </>
  )
}

function Because({ result: { rule, because } }: { result: TestResult }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const { reason, keyword } = because
  if (rule === null) return <p data-testid="reply-because">{t('replies.try.because.nobody')}</p>
  const why =
    reason === 'keyword' && keyword !== null
      ? t(`replies.try.byWord.${keyword.match}`, { text: keyword.text })
      : t(`replies.try.because.${reason}`)
  const made = rule.kind !== 'scan' && rule.kind !== 'menu'
  return (
    <p data-testid="reply-because">
      {made ? (
        <Link to={`/accounts/${accountId}/replies/${rule.id}/edit`}>{rule.name}</Link>
      ) : (
        <strong>{rule.name}</strong>
      )}
      {t('replies.try.answers', { why })}
    </p>
  )
}

function Warnings({ warnings }: { warnings: TestResult['warnings'] }) {
  const { t } = useTranslation()
  const least = useLeastText()
  return warnings.map(({ reason, detail }, index) => {
    const { ms, reply } = detail
    const time = typeof ms === 'number' ? least(ms) : ''
    const number = typeof reply === 'number' ? reply + 1 : ''
    return (
      <Alert
        key={index}
        type={reason === 'material_gone' || reason === 'beyond_window' ? 'warning' : 'info'}
        showIcon
        style={{ marginBottom: 8 }}
        title={t(`replies.try.warning.${reason}`, { count: 0, allowed: '', ...detail, time, number })}
      />
    )
  })
}

function PassedOver({ passedOver }: Pick<TestResult, 'passedOver'>) {
  const { t } = useTranslation()
  return (
    <ul className="w-reply-passed w-soft w-small">
      {passedOver.map(({ rule, keyword, reason }) => (
        <li key={rule.id}>
          {t(keyword === null ? 'replies.try.passed' : 'replies.try.passedWord', {
            name: rule.name,
            word: keyword?.text ?? '',
            why: t(`replies.try.passedOver.${reason}`),
          })}
        </li>
      ))}
    </ul>
  )
}
