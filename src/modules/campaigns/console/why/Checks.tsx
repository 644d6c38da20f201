import { CheckCircleFilled, ClockCircleFilled, CloseCircleFilled } from '@ant-design/icons'
import { Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import type { DeliveryWhy } from '../../../deliveries/schema.ts'
import { useSeen } from './seen.tsx'

type Answer = NonNullable<DeliveryWhy['checks']>[number]

const MARKS = {
  pass: { Icon: CheckCircleFilled, colour: 'var(--w-good)', word: 'yes' },
  hold: { Icon: ClockCircleFilled, colour: 'var(--w-warn)', word: 'later' },
  skip: { Icon: CloseCircleFilled, colour: 'var(--w-bad)', word: 'no' },
} as const

/** 此刻再检查一遍: every check in the order in which it is asked, with what it sees; the first no decides. */
export function Checks({ decision }: { decision: DeliveryWhy | null }) {
  const { t } = useTranslation()
  const format = useFormat()
  const checks = decision?.checks ?? null
  const first = checks?.find(({ verdict }) => verdict !== 'pass')
  return (
    <section data-testid="checks">
      <h3 className="w-section-title">{t('campaigns.why.checks')}</h3>
      {decision === null || checks === null ? (
        <p className="w-soft">{t(`campaigns.why.${decision === null ? 'checksNone' : 'checksNobody'}`)}</p>
      ) : (
        <>
          <p className="w-soft w-small">
            {t('campaigns.why.checksAt', { at: format.second(decision.at) })}{' '}
            <Link to="/settings/limits">{t('campaigns.why.limitsLink')}</Link>
          </p>
          <ol className="w-checks">
            {checks.map((answer) => (
              <Row
                key={answer.check}
                answer={answer}
                facts={decision.facts}
                at={decision.at}
                decides={answer === first}
              />
            ))}
          </ol>
          {first === undefined && <p className="w-soft">{t('campaigns.why.wouldSend')}</p>}
        </>
      )}
    </section>
  )
}

type RowProps = { answer: Answer; facts: DeliveryWhy['facts']; at: string; decides: boolean }

function Row({ answer, facts, at, decides }: RowProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const seen = useSeen(answer, facts, at)
  const { Icon, colour, word } = MARKS[answer.verdict]
  return (
    <li className="w-check" data-check={answer.check} data-verdict={answer.verdict}>
      <Icon style={{ color: colour }} aria-label={t(`campaigns.why.${word}`)} role="img" />
      <div>
        {t(`campaigns.why.check.${answer.check}`)}{' '}
        {decides && (
          <Tag color={answer.verdict === 'hold' ? 'orange' : 'red'}>{t('campaigns.why.decides')}</Tag>
        )}
        <div className="w-soft w-small">
          {seen}
          {answer.until !== null && (
            <div>{t('campaigns.why.until', { at: format.instant(answer.until) })}</div>
          )}
        </div>
      </div>
    </li>
  )
}
