import { PlusOutlined } from '@ant-design/icons'
import { Button, Popover } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Condition, isGroup, type Rule } from '../../schema/rule.ts'
import { blankCondition } from '../rule/blank.ts'
import { insertAt, nodeAt, type Path } from '../rule/tree.ts'
import { useBuilder } from './context.ts'

const GROUPS = [
  ['who', ['tag', 'attribute', 'identity', 'fan']],
  ['did', ['behaviour', 'didNot', 'sequence', 'occurrence', 'detail']],
  ['other', ['send', 'campaign', 'segment']],
] as const
type Choice = (typeof GROUPS)[number][1][number]

export function AddCondition({ path }: { path: Path }) {
  const { t } = useTranslation()
  const { edit, allows } = useBuilder()
  const add = (node: () => Rule) => (rule: Rule) => {
    const group = nodeAt(rule, path)
    return insertAt(rule, path, group && isGroup(group) ? group.of.length : 0, node())
  }
  const group = add(() => ({ kind: 'or', of: [blankCondition('tag')] }))
  const [open, setOpen] = useState(false)
  const choose = (choice: Choice) => {
    setOpen(false)
    edit(add(() => made(choice)))
  }
  return (
    <div className="w-rule-add">
      <Popover
        trigger="click"
        placement="bottomLeft"
        open={open}
        onOpenChange={setOpen}
        destroyOnHidden
        content={<Choices onChoose={choose} />}
      >
        <Button
          type="dashed"
          size="small"
          icon={<PlusOutlined />}
          disabled={!allows(add(() => blankCondition('tag')))}
        >
          {t('segments.addCondition')}
        </Button>
      </Popover>
      <Button type="text" size="small" disabled={!allows(group)} onClick={() => edit(group)}>
        {t('segments.addGroupOf')}
      </Button>
    </div>
  )
}

function Choices({ onChoose }: { onChoose: (choice: Choice) => void }) {
  const { t } = useTranslation()
  return (
    <div className="w-add-choices">
      {GROUPS.map(([key, choices]) => (
        <div key={key}>
          <div className="w-faint w-small">{t(`segments.addGroup.${key}`)}</div>
          {choices.map((choice) => (
            <button key={choice} type="button" className="w-add-choice" onClick={() => onChoose(choice)}>
              <span>{t(`segments.add.${choice}`)}</span>
              <small>{t(`segments.addHint.${choice}`)}</small>
            </button>
          ))}
        </div>
      ))}
    </div>
  )
}

function made(choice: Choice): Condition {
  if (choice !== 'didNot') return blankCondition(choice)
  return { ...blankCondition('behaviour'), compare: { op: 'eq', value: 0 } } as Condition
}
