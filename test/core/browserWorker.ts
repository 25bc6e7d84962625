import { run } from './run.ts'

// A web worker and a service worker alike: they answer on the port that came with the address.
addEventListener('message', ({ data, ports }: MessageEvent<string>) => {
  void run(data, (report) => { ports[0]?.postMessage(report) })
})
