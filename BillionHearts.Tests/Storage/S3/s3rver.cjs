// Starts @20minutes/s3rver, whose package comes without its command: node s3rver.cjs {folder} [conditional]
//
// With "conditional" it is taught what S3 has and s3rver has not: 'If-None-Match: *' on a PUT and on the completion of a
// multipart upload, the abort of one, objects that appear whole, and listings in the order of the keys. Without, it is s3rver as it comes, which takes the
// condition and ignores it.
const { AsyncLocalStorage } = require('async_hooks');
const fs = require('fs');
const path = require('path');
const S3rver = require('@20minutes/s3rver');
const S3Error = require('@20minutes/s3rver/lib/models/error');
const S3Object = require('@20minutes/s3rver/lib/models/object');

const [folder, mode] = process.argv.slice(2);
const server = new S3rver({ address: '127.0.0.1', port: 0, directory: folder, silent: true, vhostBuckets: false });
const request = new AsyncLocalStorage();

// s3rver leaves out the slash behind a bucket when it computes the signature of a request for one; those pass unchecked.
server.middleware.unshift((ctx, next) => {
  if (/^\/[^/]+\/?$/.test(ctx.path)) ctx.app = Object.create(server, { allowMismatchedSignatures: { value: true } });
  return next();
});

if (mode === 'conditional') {
  const { store } = server;

  server.middleware.unshift((ctx, next) => request.run({ ifAbsent: ctx.get('If-None-Match') === '*', isHead: ctx.method === 'HEAD' }, async () => {
    const [bucket] = ctx.path.split('/').slice(1);
    const upload = ctx.method === 'DELETE' && ctx.query.uploadId;
    if (!upload) return next();
    await fs.promises.rm(path.join(store.getResourcePath(bucket, undefined, 'uploads'), upload), { recursive: true });
    ctx.status = 204;
  }));

  // s3rver opens the files of all objects of the bucket at once, and then takes a page of them, also to answer that the bucket is there.
  const list = store.listObjects.bind(store);
  const suffix = '._S3rver_object';
  store.listObjects = async (bucket, { delimiter, prefix = '', startAfter = '', maxKeys = Infinity }) => {
    if (request.getStore()?.isHead) return { objects: [], commonPrefixes: [], isTruncated: false };
    if (delimiter) return list(bucket, { delimiter, prefix, startAfter, maxKeys });
    const files = await fs.promises.readdir(store.getBucketPath(bucket), { recursive: true });
    const keys = files.filter((file) => file.endsWith(suffix)).map((file) => file.slice(0, -suffix.length))
      .filter((key) => key.startsWith(prefix) && key > startAfter).sort();
    const objects = await Promise.all(keys.slice(0, maxKeys).map((key) => store.getMetadata(bucket, key)
      .then((metadata) => new S3Object(bucket, key, null, metadata), (error) => {
        if (error.code !== 'ENOENT') throw error;
      })));
    return { objects: objects.filter(Boolean), commonPrefixes: [], isTruncated: keys.length > maxKeys };
  };

  store.putObject = async function putObject(object) {
    const final = this.getResourcePath(object.bucket, object.key, 'object');
    const draft = path.join(this.rootDirectory, object.bucket, `draft-${process.hrtime.bigint()}`);
    await fs.promises.mkdir(path.dirname(final), { recursive: true });
    const [size, md5] = await this.putContent(draft, object.content);

    // Nothing is awaited between the question and the answer, so of two that ask one is told no.
    if (request.getStore()?.ifAbsent && fs.existsSync(final)) {
      fs.unlinkSync(draft);
      throw new S3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', { Condition: 'If-None-Match' });
    }
    fs.renameSync(draft, final);
    await this.putMetadata(object.bucket, object.key, object.metadata, md5);
    return { size, md5 };
  };
}

server.run().then(({ port }) => console.log(`listening ${port}`));
