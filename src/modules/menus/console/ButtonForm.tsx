import {
  ArrowDownOutlined,
  ArrowLeftOutlined,
  ArrowRightOutlined,
  ArrowUpOutlined,
  DeleteOutlined,
} from '@ant-design/icons'
import { Button, Form, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { bytesOf } from '../../../wechat/rules/customer-service-limits.ts'
import { isAnswerable, MENU_LIMITS, MENU_TYPES, shownWidth } from '../../../wechat/rules/menu-limits.ts'
import { keyOf } from '../rules.ts'
import type { MenuDraft, MenuLeaf, MenuProblem, MenusView } from '../schema.ts'
import { ActionFields } from './ActionFields.tsx'
import { AnswerField } from './AnswerField.tsx'
import { buttonAt, type Place } from './draft.ts'
import { ProblemLines } from './ProblemLines.tsx'
import { useProblemWords } from './words.ts'

type Props = {
  menu: MenuDraft
  place: Place
  problems: readonly MenuProblem[]
  answerProblems: MenusView['answerProblems']
  readOnly: boolean
  onChange: (part: Partial<MenuLeaf>) => void
  onMove: (by: -1 | 1) => void
  onRemove: () => void
}

/** 按钮设置: its name, and what a tap does. */
export function ButtonForm({ menu, place, problems, answerProblems, readOnly, ...on }: Props) {
  const { onChange, onMove, onRemove } = on
  const { t } = useTranslation()
  const say = useProblemWords()
  const button = buttonAt(menu, place)
  if (button === undefined) return null
  const isTop = place[1] === undefined
  const opens = isTop && (menu.buttons[place[0]]?.below.length ?? 0) > 0
  const siblings = isTop ? menu.buttons.length : (menu.buttons[place[0]]?.below.length ?? 0)
  const at = place.at(-1) ?? 0
  const here = problems.filter((one) => one.place.join('.') === place.join('.'))
  const problemOf = (...fields: string[]) => {
    const found = here.find(({ field }) => fields.includes(field))
    return found && say(found)
  }
  const most = isTop ? MENU_LIMITS.nameBytes : MENU_LIMITS.nameBytesBelow
  const shown = isTop ? MENU_LIMITS.shownCharacters : MENU_LIMITS.shownCharactersBelow
  const cut = shownWidth(button.name.trim()) > shown
  return (
    <section className="w-panel">
      <div className="w-row" style={{ justifyContent: 'space-between' }}>
        <h3 className="w-section-title">{t(isTop ? 'menus.topButton' : 'menus.belowButton')}</h3>
        {!readOnly && (
          <div className="w-row">
            <Button
              type="text"
              aria-label={t('menus.earlier')}
              icon={isTop ? <ArrowLeftOutlined /> : <ArrowUpOutlined />}
              disabled={at === 0}
              onClick={() => onMove(-1)}
            />
            <Button
              type="text"
              aria-label={t('menus.later')}
              icon={isTop ? <ArrowRightOutlined /> : <ArrowDownOutlined />}
              disabled={at >= siblings - 1}
              onClick={() => onMove(1)}
            />
            <Button type="text" danger icon={<DeleteOutlined />} onClick={onRemove}>
              {t('common.delete')}
            </Button>
          </div>
        )}
      </div>
      <Form layout="vertical" disabled={readOnly}>
        <Form.Item
          label={t('menus.name')}
          required
          validateStatus={problemOf('name') ? 'error' : cut ? 'warning' : ''}
          help={problemOf('name')}
          extra={cut ? t('menus.nameCut', { shown }) : t('menus.nameHint', { shown })}
        >
          <Input
            aria-label={t('menus.name')}
            value={button.name}
            suffix={
              <span className="w-faint w-small">
                {t('menus.bytes', { used: bytesOf(button.name.trim()), most })}
              </span>
            }
            onChange={({ target }) => onChange({ name: target.value })}
          />
        </Form.Item>
        {opens ? (
          <p className="w-soft">{t('menus.opensOnly')}</p>
        ) : (
          <>
            <Form.Item label={t('menus.onTap')} extra={t(`menus.typeHint.${button.type}`)}>
              <Select
                aria-label={t('menus.onTap')}
                value={button.type}
                options={MENU_TYPES.filter((type) => type !== 'view_limited' || button.type === type).map(
                  (type) => ({ value: type, label: t(`menus.type.${type}`) }),
                )}
                onChange={(type) => onChange({ type })}
              />
            </Form.Item>
            <ActionFields button={button} problemOf={problemOf} onChange={onChange} />
            {isAnswerable(button.type) && (
              <AnswerField
                answer={button.answer}
                problems={answerProblems.filter(({ key }) => key === keyOf(button))}
                readOnly={readOnly}
                onChange={(answer) => onChange({ answer })}
              />
            )}
          </>
        )}
        <ProblemLines problems={here.filter(({ field }) => field === 'id' || field === 'below')} />
      </Form>
    </section>
  )
}
