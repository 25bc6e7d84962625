import { describe, expect, it } from 'vitest'
import { storiesForTests } from './storyTab.ts'

const stories = storiesForTests()

describe.each([
  ['its id in the address', '?address', ''],
  ['its tasks in local storage', '?persist', 'look-up'],
])('a page with %s that is reloaded in the middle of a run', (_, query, timeline) => {
  // Laws 1 and 2. Broken by: `follow` that is left out of storedTasks.ts, or `look` of mountedView.ts that reads
  // no unknown task.
  it('shows the same task to its end, after one POST', async () => {
    const service = stories.service()
    const tab = await stories.open(query)
    await tab.run()
    await tab.shows('status', 'executing open')
    service.callTool('look-up')
    service.say('once upon ')
    await tab.shows('text', 'once upon')

    await tab.reload()
    await tab.shows('status', 'executing polling')
    // What no read tells is back from where it was kept.
    await tab.shows('timeline', timeline)
    await tab.shows('text', timeline && 'once upon')
    service.finish('once upon a time')

    await tab.shows('status', 'completed closed')
    await tab.shows('text', 'once upon a time')
    await tab.shows('result', 'once upon a time')
    await tab.shows('timeline', timeline)
    await tab.shows('tasks', 'task-1')
    await tab.shows('turns', '1')
    expect(service.posts()).toHaveLength(1)
  })

  it('shows the end of one that had ended meanwhile', async () => {
    const service = stories.service()
    const tab = await stories.open(query)
    await tab.run()
    await tab.shows('status', 'executing open')
    service.say('once upon ')
    await tab.shows('text', 'once upon')

    await tab.goTo(`${service.url}/away`)
    await tab.waitsForPath('/away')
    service.finish('once upon a time')
    await tab.goTo(`${service.url}/${query}${query === '?address' ? '&task=task-1' : ''}`)

    await tab.shows('status', 'completed closed')
    await tab.shows('text', 'once upon a time')
    expect(service.posts()).toHaveLength(1)
  })
})

describe('two tabs that keep their tasks in one local storage', () => {
  // Law 2. Broken by: storedTasks.ts writing its index without reading it again.
  it('take away nothing of each other', async () => {
    const service = stories.service()
    const one = await stories.open('?persist&id=one')
    const two = await stories.open('?persist&id=two')
    await one.run()
    await one.shows('status', 'executing open')
    await two.run()
    await two.shows('status', 'executing open')

    service.finish('second', 'task-2')
    service.finish('first', 'task-1')
    await one.shows('text', 'first')
    await two.shows('text', 'second')
    // Each writes what it has when it is left.
    await two.reload()
    for (const tab of [one, two]) {
      await tab.reload()
      await tab.shows('tasks', 'task-1 task-2')
    }

    await one.shows('text', 'first')
    await two.shows('text', 'second')
    expect(service.posts()).toHaveLength(2)
  })

  it('follow the runs of each other after a reload, and start none', async () => {
    const service = stories.service()
    const one = await stories.open('?persist&id=one')
    await one.run()
    await one.shows('status', 'executing open')
    service.say('once upon ')
    await one.shows('text', 'once upon')
    await one.reload()
    await one.shows('status', 'executing polling')

    const two = await stories.open('?persist&id=one')
    await two.shows('status', 'executing polling')
    service.finish('once upon a time')

    await one.shows('text', 'once upon a time')
    await two.shows('text', 'once upon a time')
    expect(service.posts()).toHaveLength(1)
  })
})
