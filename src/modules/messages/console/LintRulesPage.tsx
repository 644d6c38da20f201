import { Switch, Table, Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { useEndpoint, useEndpointMutation } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { PageHeader } from '../../../console/ui/PageHeader.tsx'
import { useSentence } from '../../../console/ui/sentence.ts'
import { Loaded } from '../../../console/ui/states.tsx'
import { type LintRule, listLintRulesEndpoint, setLintRulesEndpoint } from '../schema.ts'

const COLOURS = { high: 'red', medium: 'orange', low: 'default' } as const

/** 合规检查: its rules, where they were read, and which of them stop a send. */
export function LintRulesPage() {
  const { t } = useTranslation()
  const sentence = useSentence()
  const mayManage = useCan('limits:manage')
  const query = useEndpoint(listLintRulesEndpoint, {})
  const save = useEndpointMutation(setLintRulesEndpoint, {
    invalidates: [listLintRulesEndpoint],
    success: t('messages.lint.saved'),
  })
  const set = (items: readonly LintRule[], id: string, blocks: boolean) =>
    save.mutate({
      body: {
        blocking: items.filter((one) => (one.id === id ? blocks : one.blocks)).map((one) => one.id),
      },
    })
  return (
    <>
      <PageHeader title={t('messages.lint.title')} sub={t('messages.lint.sub')} />
      <Loaded query={query}>
        {({ items }) => (
          <div className="w-table-panel">
            <Table<LintRule>
              rowKey="id"
              size="middle"
              pagination={false}
              dataSource={items}
              scroll={{ x: 760 }}
              columns={[
                {
                  title: t('messages.lint.rule'),
                  render: (_, rule) => (
                    <>
                      <strong>{sentence(rule.title)}</strong>
                      <div className="w-soft w-small">{sentence(rule.advice)}</div>
                    </>
                  ),
                },
                {
                  title: t('messages.lint.severity'),
                  width: 90,
                  render: (_, rule) => (
                    <Tag color={COLOURS[rule.severity]}>{t(`messages.lint.level.${rule.severity}`)}</Tag>
                  ),
                },
                {
                  title: t('messages.lint.from'),
                  width: 240,
                  render: (_, rule) => (
                    <span className="w-small w-soft">
                      {rule.source.title} · {rule.source.date}
                    </span>
                  ),
                },
                {
                  title: t('messages.lint.blocks'),
                  width: 120,
                  render: (_, rule) => (
                    <Switch
                      checked={rule.blocks}
                      disabled={!mayManage || save.isPending}
                      aria-label={sentence(rule.title)}
                      onChange={(blocks) => set(items, rule.id, blocks)}
                    />
                  ),
                },
              ]}
            />
          </div>
        )}
      </Loaded>
    </>
  )
}
