import { Button, Segmented, Select } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAccountId } from '../../../../console/session.ts'
import { TestResults } from './TestResults.tsx'
import { TestSegment } from './TestSegment.tsx'
import { useTestSend } from './use-test-send.ts'

const STORED = 'weida.test-targets'
/** An openid has 28 characters and begins with an o; everything else is taken for a WeChat id. */
const isOpenid = (target: string): boolean => /^o[\w-]{27}$/.test(target)

/** 测试发送: the message as a preview, to a few people who are named or to a small segment. */
export function TestSend({ broadcastId, arm }: { broadcastId: string; arm: number }) {
  const { t } = useTranslation()
  const [how, setHow] = useState<'named' | 'segment'>('named')
  const test = useTestSend(broadcastId, arm)
  const { stop } = test
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the page is left
  useEffect(() => stop, [])
  const running = test.state?.running === true
  return (
    <section className="w-panel">
      <h2>{t('testSend.title')}</h2>
      <p className="w-soft" style={{ marginTop: 0 }}>
        {t('testSend.hint')}
      </p>
      <Segmented
        value={how}
        onChange={setHow}
        disabled={running}
        style={{ marginBottom: 10 }}
        options={(['named', 'segment'] as const).map((one) => ({
          value: one,
          label: t(`testSend.how.${one}`),
        }))}
      />
      {how === 'named' ? (
        <Named busy={running} onSend={(targets) => void test.toNamed(targets)} />
      ) : (
        <TestSegment
          busy={running}
          peopleOf={test.peopleOf}
          onSend={(fanIds) => void test.toFans(fanIds)}
          onStop={stop}
        />
      )}
      {test.state && <TestResults state={test.state} />}
    </section>
  )
}

function Named({
  busy,
  onSend,
}: {
  busy: boolean
  onSend: (targets: { wechatIds: string[]; openids: string[] }) => void
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const [targets, setTargets] = useState<string[]>(() => remembered(accountId))
  const go = () => {
    localStorage.setItem(`${STORED}.${accountId}`, JSON.stringify(targets))
    onSend({
      openids: targets.filter(isOpenid),
      wechatIds: targets.filter((target) => !isOpenid(target)),
    })
  }
  return (
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
      <Button disabled={targets.length === 0} loading={busy} onClick={go}>
        {t('testSend.go')}
      </Button>
    </div>
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
