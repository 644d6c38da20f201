import {
  ArrowDownOutlined,
  ArrowUpOutlined,
  CopyOutlined,
  DeleteOutlined,
  PlusOutlined,
} from '@ant-design/icons'
import { Button, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { MAX_MENUS, type MenuDraft, type MenuProblem } from '../schema.ts'
import { useMatchWords } from './words.ts'

type Props = {
  menus: readonly MenuDraft[]
  chosen: number
  problems: readonly MenuProblem[]
  readOnly: boolean
  onChoose: (index: number) => void
  onAdd: () => void
  onCopy: (index: number) => void
  onMove: (index: number, by: -1 | 1) => void
  onRemove: (index: number) => void
}

/** The default, and the others in the order in which they are tried. */
export function MenuSets({ menus, chosen, problems, readOnly, ...on }: Props) {
  const { t } = useTranslation()
  const forWhom = useMatchWords()
  const wrong = (index: number) => problems.some(({ menu }) => menu === index)
  return (
    <section className="w-panel w-menu-sets">
      <h2>{t('menus.sets')}</h2>
      <ol>
        {menus.map((menu, index) => (
          <li key={menu.id}>
            <button
              type="button"
              className="w-menu-set"
              aria-current={index === chosen}
              onClick={() => on.onChoose(index)}
            >
              {menu.name}
              {wrong(index) && <i className="w-menu-wrong" role="img" aria-label={t('menus.hasProblem')} />}
              <small>{forWhom(menu.match)}</small>
            </button>
          </li>
        ))}
      </ol>
      {!readOnly && (
        <>
          <Button block icon={<PlusOutlined />} disabled={menus.length >= MAX_MENUS} onClick={on.onAdd}>
            {t('menus.addSet')}
          </Button>
          <div className="w-row" style={{ marginTop: 8, justifyContent: 'space-between' }}>
            <Tooltip title={t('menus.tryEarlier')}>
              <Button
                type="text"
                aria-label={t('menus.tryEarlier')}
                icon={<ArrowUpOutlined />}
                disabled={chosen < 2}
                onClick={() => on.onMove(chosen, -1)}
              />
            </Tooltip>
            <Tooltip title={t('menus.tryLater')}>
              <Button
                type="text"
                aria-label={t('menus.tryLater')}
                icon={<ArrowDownOutlined />}
                disabled={chosen === 0 || chosen >= menus.length - 1}
                onClick={() => on.onMove(chosen, 1)}
              />
            </Tooltip>
            <Tooltip title={t('menus.copySet')}>
              <Button
                type="text"
                aria-label={t('menus.copySet')}
                icon={<CopyOutlined />}
                disabled={menus.length >= MAX_MENUS}
                onClick={() => on.onCopy(chosen)}
              />
            </Tooltip>
            <Tooltip title={t('menus.removeSet')}>
              <Button
                type="text"
                danger
                aria-label={t('menus.removeSet')}
                icon={<DeleteOutlined />}
                disabled={chosen === 0}
                onClick={() => on.onRemove(chosen)}
              />
            </Tooltip>
          </div>
        </>
      )}
      <p className="w-faint w-small">{t('menus.setsHint')}</p>
    </section>
  )
}
