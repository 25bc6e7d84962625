import type { ReactElement } from 'react'

const circle = <circle cx="8" cy="8" r="6.25" />

const shapes = {
  agent: <><rect x="2.75" y="5.25" width="10.5" height="8" rx="2" /><path d="M8 2.5v2.75M6 8.75v1M10 8.75v1" /></>,
  alert: <><path d="M8 2.25 14 13H2L8 2.25Z" /><path d="M8 6.5v3M8 11.25v.1" /></>,
  arrowDown: <path d="M8 3v10M4 9l4 4 4-4" />,
  bolt: <path d="M8.75 1.75 3.5 9h3.75l-.5 5.25L12.5 7H8.5l.25-5.25Z" />,
  check: <>{circle}<path d="m5.25 8.25 2 2 3.5-4" /></>,
  chevron: <path d="m6 3.75 4.25 4.25L6 12.25" />,
  clock: <>{circle}<path d="M8 4.75V8l2.25 1.5" /></>,
  close: <path d="M4 4l8 8M12 4l-8 8" />,
  copy: <><rect x="5.5" y="5.5" width="8" height="8" rx="1.5" /><path d="M10.5 3.25v-.5H3.75a1 1 0 0 0-1 1v6.75h.5" /></>,
  cross: <>{circle}<path d="m5.75 5.75 4.5 4.5M10.25 5.75l-4.5 4.5" /></>,
  dashed: <circle cx="8" cy="8" r="6.25" strokeDasharray="2.2 2.2" />,
  key: <><circle cx="5.25" cy="10.75" r="2.75" /><path d="m7.25 8.75 5.5-5.5M10.5 5.5l2 2" /></>,
  link: <path d="M9.5 3H13v3.5M13 3 7.5 8.5M11.5 9.5V12a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V5.5a1 1 0 0 1 1-1h2.5" />,
  offline: <><path d="M2.25 6.5a8.6 8.6 0 0 1 3.4-2M8 4a8.6 8.6 0 0 1 5.75 2.5M4.75 9.25A4.9 4.9 0 0 1 8 8M8 12v.1M2.75 2.25l10.5 11.5" /></>,
  open: <><circle cx="8" cy="8" r="1.5" fill="currentColor" /><path d="M4.75 11.25a4.6 4.6 0 0 1 0-6.5M11.25 4.75a4.6 4.6 0 0 1 0 6.5M2.75 13.25a7.4 7.4 0 0 1 0-10.5M13.25 2.75a7.4 7.4 0 0 1 0 10.5" /></>,
  pause: <>{circle}<path d="M6.5 5.75v4.5M9.5 5.75v4.5" /></>,
  read: <path d="M13.5 8a5.5 5.5 0 0 1-9.6 3.65M2.5 8a5.5 5.5 0 0 1 9.6-3.65M12.5 1.75v2.75H9.75M3.5 14.25V11.5h2.75" />,
  ring: circle,
  skip: <>{circle}<path d="M5.25 8h5.5" /></>,
  spinner: <path d="M8 1.75A6.25 6.25 0 1 1 1.75 8" />,
  stop: <>{circle}<rect x="6" y="6" width="4" height="4" rx=".5" fill="currentColor" /></>,
  thought: <><path d="M5.5 11.5a4.25 4.25 0 1 1 5 0v1.25h-5V11.5Z" /><path d="M6.5 14.75h3" /></>,
  tool: <path d="M9.5 6.5a3.25 3.25 0 0 1 4-4L11.75 4.25l.25 1 1 .25L14.75 3.75a3.25 3.25 0 0 1-4 4.25L5 13.75a1.6 1.6 0 0 1-2.25-2.25L9.5 6.5Z" />,
  unplugged: <><path d="M6 3v2.5M10 3v2.5M4.25 5.5h7.5V8A3.75 3.75 0 0 1 8 11.75 3.75 3.75 0 0 1 4.25 8V5.5ZM8 11.75V14" /></>,
} as const

export type IconName = keyof typeof shapes

/** A picture that only repeats what the word beside it says. */
export function Icon({ name }: { readonly name: IconName }): ReactElement {
  return (
    <svg className="icon" data-icon={name} viewBox="0 0 16 16" aria-hidden="true">
      {shapes[name]}
    </svg>
  )
}
