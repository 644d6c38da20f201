import { CheckCircleFilled, CloseCircleFilled } from '@ant-design/icons'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../../console/hooks.ts'
import { useAccountId } from '../../../../console/session.ts'
import { useSentence } from '../../../../console/ui/sentence.ts'
import { testSendEndpoint } from '../../schema.ts'

const STORED = 'weida.test-targets'
/** An openid has 28 characters and begins with an o; everything else is taken for a WeChat id. */
const isOpenid = (target: string): boolean => /^o[\w-]{27}$/.test(target)

/** 测试发送: the message as a preview, to a few people who are named. */
export function TestSend({ broadcastId }: { broadcastId: string }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const accountId = useAccountId()
  const [targets, setTargets] = useState<string[]>(() => remembered(accountId))
  const test = useEndpointMutation(testSendEndpoint)
  const go = () => {
    localStorage.setItem(`${STORED}.${accountId}`, JSON.stringify(targets))
    test.mutate({
      params: { accountId, broadcastId },
      body: { openids: targets.filter(isOpenid), wechatIds: targets.filter((target) => !isOpenid(target)) },
    })
  }
  return (
    <section className="w-panel">
      <h2>{t('testSend.title')}</h2>
      <p className="w-soft" style={{ marginTop: 0 }}>
        {t('testSend.hint')}
      </p>
      <div className="w-row" style={{ flexWrap: 'nowrap' }}>
        <Select
          mode="tags"
          open={false}
          suffixIcon={null}
          style={{ flex: 1 }}
          value={targets}
          maxCount={20}
          tokenSeparators={[',', '，', ' ', '\n', ';']}
          placeholder={t('testSend.placeholder')}
          onChange={(next: string[]) => setTargets(next.map((target) => target.trim()).filter(Boolean))}
        />
        <Button disabled={targets.length === 0} loading={test.isPending} onClick={go}>
          {t('testSend.go')}
        </Button>
      </div>
      {test.data && (
        <div style={{ marginTop: 12 }} aria-live="polite">
          {test.data.results.map((result) => (
            <div key={result.target} className="w-row" style={{ padding: '3px 0' }}>
              {result.ok ? (
                <CheckCircleFilled style={{ color: 'var(--w-good)' }} />
              ) : (
                <CloseCircleFilled style={{ color: 'var(--w-bad)' }} />
              )}
              <span className="w-mono">{result.target}</span>
              <span className="w-soft">
                {result.ok
                  ? t('testSend.ok')
                  : result.advice
                    ? sentence(result.advice)
                    : t('testSend.failed')}
                {result.errcode !== null && !result.ok && (
                  <span className="w-faint"> ({result.errcode})</span>
                )}
              </span>
            </div>
          ))}
        </div>
      )}
    </section>
  )
}

function remembered(accountId: string): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(`${STORED}.${accountId}`) ?? '[]')
    return Array.isArray(stored) ? stored.filter((one): one is string => typeof one === 'string') : []
  } catch {
    return []
  }
}
