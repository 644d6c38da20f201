import { CloseOutlined } from '@ant-design/icons'
import { Button, Form, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useEndpoint } from '../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../console/session.ts'
import { AttributeInput } from '../../contacts/console/index.ts'
import { listAttributesEndpoint } from '../../contacts/schema.ts'
import { useOwnTags } from '../../tags/console/index.ts'
import { type Effects, listCallableCampaignsEndpoint } from '../schema.ts'
import './replies.css'

type Props = { value: Effects; onChange: (part: Partial<Effects>) => void }

/** What an answer does besides speaking: tags, attributes, a campaign. */
export function EffectsEditor({ value, onChange }: Props) {
  const { t } = useTranslation()
  return (
    <section className="w-panel" style={{ marginTop: 12 }}>
      <h2>{t('answers.effects')}</h2>
      <Form layout="vertical" component="div" className="w-reply-effects">
        <TagsItem label={t('answers.give')} value={value.give} onChange={(give) => onChange({ give })} />
        <TagsItem label={t('answers.take')} value={value.take} onChange={(take) => onChange({ take })} />
        <AttributesItem value={value} onChange={onChange} />
        <CampaignItem value={value} onChange={onChange} />
      </Form>
    </section>
  )
}

function TagsItem({
  label,
  value,
  onChange,
}: {
  label: string
  value: string[]
  onChange: (ids: string[]) => void
}) {
  const { t } = useTranslation()
  const { options } = useOwnTags()
  return (
    <Form.Item label={label} style={{ marginBottom: 12 }}>
      <Select
        mode="multiple"
        aria-label={label}
        value={value}
        options={options}
        maxCount={20}
        optionFilterProp="label"
        placeholder={t('answers.noTags')}
        onChange={onChange}
      />
    </Form.Item>
  )
}

const MOST_ATTRIBUTES = 10

function AttributesItem({ value: { attributes }, onChange }: Props) {
  const { t } = useTranslation()
  const { data } = useEndpoint(listAttributesEndpoint, {}, { enabled: useCan('contacts:read') })
  // a list holds many values; an answer sets one
  const known = (data?.items ?? []).filter(({ ignored, type }) => !ignored && type !== 'list')
  const named = (key: string) => known.find((one) => one.key === key)
  const nameOf = (key: string) => named(key)?.displayName ?? key
  return (
    <Form.Item label={t('answers.attributes')} style={{ marginBottom: 12 }}>
      {attributes.map(({ key, value }, index) => {
        const attribute = named(key)
        return (
          <div key={key} className="w-row w-reply-attribute">
            <span className="w-soft">{nameOf(key)}</span>
            <div style={{ flex: 1 }}>
              {attribute !== undefined && (
                <AttributeInput
                  attribute={attribute}
                  value={value}
                  onChange={(next) =>
                    !Array.isArray(next) &&
                    onChange({ attributes: attributes.with(index, { key, value: next }) })
                  }
                />
              )}
            </div>
            <Button
              type="text"
              icon={<CloseOutlined />}
              aria-label={t('answers.dropAttribute', { name: nameOf(key) })}
              onClick={() => onChange({ attributes: attributes.toSpliced(index, 1) })}
            />
          </div>
        )
      })}
      {attributes.length < MOST_ATTRIBUTES && (
        <Select<string | null>
          aria-label={t('answers.addAttribute')}
          showSearch={{ optionFilterProp: 'label' }}
          value={null}
          placeholder={t('answers.addAttribute')}
          options={known
            .filter(({ key }) => !attributes.some((one) => one.key === key))
            .map(({ key }) => ({ value: key, label: nameOf(key) }))}
          onChange={(key) => key !== null && onChange({ attributes: [...attributes, { key, value: null }] })}
        />
      )}
    </Form.Item>
  )
}

function CampaignItem({ value: { campaignId }, onChange }: Props) {
  const { t } = useTranslation()
  const campaigns = useCallable()
  return (
    <Form.Item label={t('answers.campaign')} extra={t('answers.campaignHint')} style={{ marginBottom: 0 }}>
      <Select<string | null>
        allowClear
        aria-label={t('answers.campaign')}
        value={campaignId}
        placeholder={t('answers.noCampaign')}
        options={campaigns.map(({ id, name, state }) => ({
          value: id,
          label: `${name} · ${t(`campaigns.state.${state}`)}`,
        }))}
        onChange={(id?: string | null) => onChange({ campaignId: id ?? null })}
      />
    </Form.Item>
  )
}

/** Campaigns that wait to be called. */
export function useCallable() {
  const accountId = useAccountId()
  const { data } = useEndpoint(
    listCallableCampaignsEndpoint,
    { params: { accountId } },
    { enabled: useCan('replies:read'), staleMs: 15_000 },
  )
  return data?.items ?? []
}
