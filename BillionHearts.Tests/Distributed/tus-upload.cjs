// Uploads a file with tus-js-client, as an application would. Takes one JSON object as its argument and says, one JSON object a
// line, what happens; with `pauseAt` it stops there until a line comes in, and with `exitAt` it dies there.
const fs = require('node:fs');
const crypto = require('node:crypto');
const readline = require('node:readline');
const tus = require('tus-js-client');

const task = JSON.parse(process.argv[2]);
const say = (event) => fs.writeSync(1, JSON.stringify(event) + '\n');
const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const content = fs.readFileSync(task.file);
let isPaused = false;

const upload = new tus.Upload(task.fromMemory ? content : fs.createReadStream(task.file), {
  endpoint: task.endpoint,
  metadata: task.metadata,
  chunkSize: task.chunkSize ?? Infinity,
  retryDelays: [0, 500, 1000, 2000, 2000, 2000, 3000, 3000, 5000, 5000, 5000],
  urlStorage: task.storage ? new tus.FileUrlStorage(task.storage) : undefined,
  storeFingerprintForResuming: Boolean(task.storage),
  uploadDataDuringCreation: task.withCreation,
  onBeforeRequest(request) {
    if (task.checksum && request.getMethod() === 'PATCH') {
      const offset = Number(request.getHeader('Upload-Offset'));
      const body = content.subarray(offset, offset + (task.chunkSize ?? Infinity));
      request.setHeader('Upload-Checksum', `${task.checksum} ${crypto.createHash(task.checksum).update(body).digest('base64')}`);
    }
  },
  onUploadUrlAvailable: () => say({ event: 'url', url: upload.url }),
  onProgress: (sent) => say({ event: 'sent', bytes: sent }),
  async onChunkComplete(_, accepted) {
    say({ event: 'accepted', bytes: accepted });
    if (accepted >= task.exitAt) process.exit(0);
    if (accepted >= task.pauseAt && !isPaused) {
      isPaused = true;
      await upload.abort();
      say({ event: 'paused' });
      await lines.next();
      upload.start();
    }
  },
  onSuccess({ lastResponse }) {
    say({ event: 'success', image: lastResponse.getHeader('Content-Location') });
    process.exit(0);
  },
  onError(error) {
    say({ event: 'error', status: error.originalResponse?.getStatus(), message: error.message });
    process.exit(1);
  },
});

(async () => {
  const [previous] = task.storage ? await upload.findPreviousUploads() : [];
  if (previous) upload.resumeFromPreviousUpload(previous);
  say({ event: 'start', resumed: Boolean(previous) });
  upload.start();
})();
