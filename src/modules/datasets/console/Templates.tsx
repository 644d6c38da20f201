import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { TEMPLATES, type Template } from '../rules/templates.ts'

/** One-click starting points. */
export function Templates({ onChoose }: { onChoose: (template: Template | 'blank') => void }) {
  const { t, i18n } = useTranslation()
  return (
    <div className="w-row" style={{ justifyContent: 'center' }}>
      {TEMPLATES.map((template) => (
        <Button key={template.key} onClick={() => onChoose(template)}>
          {i18n.language === 'en' ? template.name.en : template.name.zh}
        </Button>
      ))}
      <Button type="dashed" onClick={() => onChoose('blank')}>
        {t('datasets.blank')}
      </Button>
    </div>
  )
}
