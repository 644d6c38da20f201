import type { MessageTemplate } from '../schema.ts'
import './templates.css'

/** The card as a phone shows it, with WeChat's example values where it gave any. */
export function TemplateCard({
  template,
}: {
  template: Pick<MessageTemplate, 'title' | 'fields' | 'example'>
}) {
  const examples = examplesOf(template.example)
  return (
    <section className="w-template-card" aria-label={template.title}>
      <h4>{template.title}</h4>
      <dl>
        {template.fields.map(({ key, name }) => (
          <div key={key} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{examples.get(name) ?? `{{${key}.DATA}}`}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

/** An example has a line for each field: its name, a colon, a value. */
function examplesOf(example: string): Map<string, string> {
  const lines = example.split('\n').map((line): [string, string] | undefined => {
    const [, name, value] = /^\s*([^:：]+?)\s*[:：]\s*(.+?)\s*$/.exec(line) ?? []
    return name === undefined || value === undefined ? undefined : [name, value]
  })
  return new Map(lines.filter((line) => line !== undefined))
}
