import { Checkbox, Form, Input, Radio, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useAccounts } from '../../../../console/session.ts'
import { MinuteField } from '../../../../console/ui/ClockField.tsx'
import type { Segment } from '../../schema/segment.ts'
import type { Draft } from './draft.ts'

const KINDS = ['live', 'on_demand', 'daily', 'once'] as const
type Props = { draft: Draft; onChange: (part: Partial<Draft>) => void; stored: Segment | undefined }

/** Name, whom it is about, how it is kept up to date, who may pick it. */
export function SettingsPanel({ draft, onChange, stored }: Props) {
  const { t } = useTranslation()
  const { data } = useAccounts()
  const isStatic = stored?.updateKind === 'static'
  return (
    <section className="w-panel">
      <h2>{t('segments.settings')}</h2>
      <Form layout="vertical" component="div">
        <Form.Item label={t('common.name')} required htmlFor="segment-name">
          <Input
            id="segment-name"
            maxLength={60}
            showCount
            value={draft.name}
            placeholder={t('segments.namePlaceholder')}
            onChange={(event) => onChange({ name: event.target.value })}
          />
        </Form.Item>
        <Form.Item label={t('segments.description')} htmlFor="segment-description">
          <Input.TextArea
            id="segment-description"
            maxLength={500}
            autoSize={{ minRows: 1, maxRows: 4 }}
            value={draft.description}
            onChange={(event) => onChange({ description: event.target.value })}
          />
        </Form.Item>
        {!isStatic && (
          <Form.Item label={t('segments.about')} extra={t('segments.aboutHint')}>
            <Select
              style={{ maxWidth: 320 }}
              disabled={stored !== undefined}
              aria-label={t('segments.about')}
              value={draft.accountId ?? ''}
              onChange={(id: string) => onChange({ accountId: id === '' ? undefined : id })}
              options={[
                { value: '', label: t('segments.everyone') },
                ...(data?.items ?? []).map(({ id, name }) => ({
                  value: id,
                  label: t('segments.fansOf', { name }),
                })),
              ]}
            />
          </Form.Item>
        )}
        {!isStatic && <Updating draft={draft} onChange={onChange} />}
        <Form.Item extra={t('segments.listedHint')}>
          <Checkbox checked={draft.listed} onChange={(event) => onChange({ listed: event.target.checked })}>
            {t('segments.syncToList')}
          </Checkbox>
        </Form.Item>
      </Form>
    </section>
  )
}

function Updating({ draft, onChange }: Pick<Props, 'draft' | 'onChange'>) {
  const { t } = useTranslation()
  return (
    <>
      <Form.Item label={t('segments.kind')}>
        <Radio.Group
          className="w-kinds"
          value={draft.updateKind}
          onChange={(event) => onChange({ updateKind: event.target.value as Draft['updateKind'] })}
        >
          {KINDS.map((kind) => (
            <Radio key={kind} value={kind}>
              <span>{t(`segments.kindName.${kind}`)}</span>
              <small>{t(`segments.kindHint.${kind}`)}</small>
            </Radio>
          ))}
        </Radio.Group>
      </Form.Item>
      {draft.updateKind === 'daily' && (
        <Form.Item label={t('segments.dailyAt')}>
          <MinuteField
            label={t('segments.dailyAt')}
            minuteStep={5}
            value={draft.dailyMinute}
            onChange={(dailyMinute) => onChange({ dailyMinute })}
          />
        </Form.Item>
      )}
      {draft.updateKind !== 'live' && (
        <Form.Item label={t('segments.onFailure')}>
          <Radio.Group
            className="w-kinds"
            value={draft.failurePolicy}
            onChange={(event) => onChange({ failurePolicy: event.target.value as Draft['failurePolicy'] })}
          >
            {(['last_good', 'stop'] as const).map((policy) => (
              <Radio key={policy} value={policy}>
                <span>{t(`segments.policy.${policy}`)}</span>
                <small>{t(`segments.policyHint.${policy}`)}</small>
              </Radio>
            ))}
          </Radio.Group>
        </Form.Item>
      )}
    </>
  )
}
