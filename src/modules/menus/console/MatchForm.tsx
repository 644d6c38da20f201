import { Form, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useWechatTags } from '../../../console/wechat-tags.ts'
import { type MenuDraft, type MenuProblem, phoneSystem } from '../schema.ts'
import { ProblemLines } from './ProblemLines.tsx'
import { useProblemWords } from './words.ts'

type Props = {
  menu: MenuDraft
  problems: readonly MenuProblem[]
  readOnly: boolean
  onChange: (part: Partial<MenuDraft>) => void
}

/** What a menu is called here, and for the others whom they are for. */
export function MatchForm({ menu, problems, readOnly, onChange }: Props) {
  const { t } = useTranslation()
  const { items } = useWechatTags()
  const say = useProblemWords()
  const { match } = menu
  const ofMenu = problems.filter(({ place }) => place.length === 0)
  const wrongMatch = ofMenu.find(({ field }) => field === 'match')
  return (
    <section className="w-panel" style={{ marginBottom: 16 }}>
      <Form layout="vertical" disabled={readOnly}>
        <Form.Item
          label={t('menus.setName')}
          required
          extra={match === null ? t('menus.defaultHint') : undefined}
        >
          <Input
            aria-label={t('menus.setName')}
            maxLength={30}
            value={menu.name}
            onChange={({ target }) => onChange({ name: target.value })}
          />
        </Form.Item>
        {match !== null && (
          <Form.Item
            label={t('menus.match')}
            required
            validateStatus={wrongMatch ? 'error' : ''}
            help={wrongMatch && say(wrongMatch)}
            extra={t('menus.matchHint')}
          >
            <div className="w-row">
              <Select
                allowClear
                showSearch
                optionFilterProp="label"
                aria-label={t('menus.matchTag')}
                placeholder={t('menus.anyTag')}
                style={{ flex: 1, minWidth: 0 }}
                value={match.tagId}
                options={items.map((tag) => ({ value: tag.tagId, label: tag.name }))}
                onChange={(tagId: number | undefined) =>
                  onChange({ match: { ...match, tagId: tagId ?? null } })
                }
              />
              <Select
                allowClear
                aria-label={t('menus.matchSystem')}
                placeholder={t('menus.anySystem')}
                style={{ flex: 1, minWidth: 0 }}
                value={match.system}
                options={phoneSystem.options.map((system) => ({
                  value: system,
                  label: t(`menus.system.${system}`),
                }))}
                onChange={(system) => onChange({ match: { ...match, system: system ?? null } })}
              />
            </div>
          </Form.Item>
        )}
        <ProblemLines problems={ofMenu.filter(({ field }) => field !== 'match')} />
      </Form>
    </section>
  )
}
