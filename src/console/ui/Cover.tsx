import { PictureOutlined } from '@ant-design/icons'
import { useState } from 'react'
import './cover.css'

/**
 * A cover in one of WeChat's two shapes: 2.35:1 for the first article, 1:1 for the others. A picture that can't be
 * shown here (another site's, which the console may not load; one that is gone) leaves the drawn one.
 */
export function Cover({ url, shape }: { url: string | null; shape: 'wide' | 'square' }) {
  const [broken, setBroken] = useState<string | null>(null)
  return (
    <div className={`w-cover w-cover-${shape}`}>
      {url === null || url === '' || broken === url ? (
        <PictureOutlined />
      ) : (
        <img src={url} alt="" loading="lazy" referrerPolicy="no-referrer" onError={() => setBroken(url)} />
      )}
    </div>
  )
}
