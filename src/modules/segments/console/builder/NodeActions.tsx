import {
  ArrowDownOutlined,
  ArrowUpOutlined,
  CopyOutlined,
  DeleteOutlined,
  GroupOutlined,
  MoreOutlined,
  StopOutlined,
  UngroupOutlined,
} from '@ant-design/icons'
import { Button, Dropdown, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Rule } from '../../schema/rule.ts'
import { duplicateAt, moveBy, nestAt, type Path, removeAt, toggleNot, unnestAt } from '../rule/tree.ts'
import { useBuilder } from './context.ts'

/** What can be done with a node besides editing it; what would leave the bounds can't be chosen. */
export function NodeActions({ path, outer, isGroup }: { path: Path; outer: Path; isGroup?: boolean }) {
  const { t } = useTranslation()
  const { edit, allows, readOnly } = useBuilder()
  if (readOnly) return null
  const isRoot = outer.length === 0
  const denied = path.length > outer.length
  const turn = (rule: Rule) => toggleNot(rule, denied ? path.slice(0, -1) : path)
  const choices = [
    {
      key: 'not',
      icon: <StopOutlined />,
      label: t(denied ? 'segments.unNot' : 'segments.doNot'),
      change: turn,
    },
    {
      key: 'duplicate',
      icon: <CopyOutlined />,
      label: t('segments.duplicate'),
      change: (rule: Rule) => duplicateAt(rule, outer),
    },
    {
      key: 'nest',
      icon: <GroupOutlined />,
      label: t('segments.nest'),
      change: (rule: Rule) => nestAt(rule, outer),
    },
    ...(isGroup === true
      ? [
          {
            key: 'unnest',
            icon: <UngroupOutlined />,
            label: t('segments.unnest'),
            change: (rule: Rule) => unnestAt(rule, path),
          },
        ]
      : []),
    ...(isRoot
      ? []
      : [
          {
            key: 'up',
            icon: <ArrowUpOutlined />,
            label: t('segments.up'),
            change: (rule: Rule) => moveBy(rule, outer, -1),
          },
          {
            key: 'down',
            icon: <ArrowDownOutlined />,
            label: t('segments.down'),
            change: (rule: Rule) => moveBy(rule, outer, 1),
          },
        ]),
  ]
  return (
    <span className="w-rule-actions">
      <Dropdown
        trigger={['click']}
        menu={{
          items: choices.map(({ key, icon, label, change }) => ({
            key,
            icon,
            label,
            disabled: !allows(change),
          })),
          onClick: ({ key }) => {
            const chosen = choices.find((one) => one.key === key)
            if (chosen) edit(chosen.change)
          },
        }}
      >
        <Button type="text" size="small" icon={<MoreOutlined />} aria-label={t('common.more')} />
      </Dropdown>
      <Tooltip title={t(isRoot ? 'segments.clear' : 'common.delete')}>
        <Button
          type="text"
          size="small"
          icon={<DeleteOutlined />}
          aria-label={t(isRoot ? 'segments.clear' : 'common.delete')}
          onClick={() => edit((rule) => removeAt(rule, outer))}
        />
      </Tooltip>
    </span>
  )
}
