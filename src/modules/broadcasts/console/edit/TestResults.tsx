import { CheckCircleFilled, CloseCircleFilled } from '@ant-design/icons'
import { Progress } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useSentence } from '../../../../console/ui/sentence.ts'
import type { TestState } from './use-test-send.ts'
import './content.css'

/** What became of each, those that failed first: they are what there is to do something about. */
export function TestResults({ state: { total, results, running } }: { state: TestState }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sentence = useSentence()
  const failed = results.filter(({ ok }) => !ok)
  const sorted = [...failed, ...results.filter(({ ok }) => ok)]
  return (
    <div style={{ marginTop: 12 }} aria-live="polite">
      {running && total > 1 && (
        <>
          <Progress percent={Math.floor((results.length / total) * 100)} size="small" status="active" />
          <p className="w-faint w-small">{t('testSend.pace')}</p>
        </>
      )}
      {results.length > 1 && (
        <p className="w-soft">
          {t('testSend.sum', {
            ok: format.number(results.length - failed.length),
            failed: format.number(failed.length),
            total: format.number(total),
          })}
        </p>
      )}
      <div className="w-test-results">
        {sorted.map((result) => (
          <div key={result.fanId ?? result.target} className="w-row" style={{ padding: '3px 0' }}>
            {result.ok ? (
              <CheckCircleFilled style={{ color: 'var(--w-good)' }} />
            ) : (
              <CloseCircleFilled style={{ color: 'var(--w-bad)' }} />
            )}
            <span className="w-mono">{result.target}</span>
            <span className="w-soft">
              {result.ok ? t('testSend.ok') : result.advice ? sentence(result.advice) : t('testSend.failed')}
              {result.errcode !== null && !result.ok && <span className="w-faint"> ({result.errcode})</span>}
            </span>
          </div>
        ))}
      </div>
      {!running && results.some(({ ok }) => ok) && <p className="w-faint w-small">{t('testSend.expires')}</p>}
    </div>
  )
}
