import { Input, InputNumber, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../../console/hooks.ts'
import { useAccountId } from '../../../../console/session.ts'
import { BeijingTime } from '../../../../console/ui/BeijingTime.tsx'
import { enterOutsideSendEndpoint, listOutsideSendsEndpoint } from '../../schema.ts'
import { ReachForm } from './ReachForm.tsx'
import { NO_REACH, reachOf } from './reach.ts'

/** 我们手工发过一次: when, to whom, and to how many as far as anybody knows. */
export function EnterModal({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const [at, setAt] = useState<string | null>(null)
  const [name, setName] = useState('')
  const [people, setPeople] = useState<number | null>(null)
  const [draft, setDraft] = useState(NO_REACH)
  const reach = reachOf(draft)
  const enter = useEndpointMutation(enterOutsideSendEndpoint, {
    invalidates: [listOutsideSendsEndpoint],
    success: t('common.saved'),
    onSuccess: onClose,
  })
  return (
    <Modal
      open
      width={800}
      title={t('massOutside.enterTitle')}
      onCancel={onClose}
      okText={t('common.save')}
      okButtonProps={{ disabled: at === null || reach === null }}
      confirmLoading={enter.isPending}
      onOk={() => at && reach && enter.mutate({ params: { accountId }, body: { at, name, people, reach } })}
    >
      <div className="w-stack" style={{ gap: 14 }}>
        <span className="w-soft">{t('massOutside.enterHint')}</span>
        <Field label={t('massOutside.at')}>
          <BeijingTime value={at} label={t('massOutside.at')} onChange={setAt} />
        </Field>
        <Field label={t('massOutside.name')}>
          <Input
            maxLength={60}
            aria-label={t('massOutside.name')}
            placeholder={t('massOutside.namePlaceholder')}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <Field label={t('massOutside.people')}>
          <InputNumber<number>
            min={1}
            max={100_000_000}
            precision={0}
            style={{ width: 220 }}
            aria-label={t('massOutside.people')}
            placeholder={t('massOutside.peoplePlaceholder')}
            value={people}
            onChange={setPeople}
          />
        </Field>
        <Field label={t('massOutside.reach')}>
          <ReachForm value={draft} onChange={setDraft} />
        </Field>
      </div>
    </Modal>
  )
}

function Field({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div>
      <div className="w-soft w-small" style={{ marginBottom: 4 }}>
        {label}
      </div>
      {children}
    </div>
  )
}
