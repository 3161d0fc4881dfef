// The peer of two benches. GET /rendition/{file of the folder FOLDER} makes one rendition, GET /analysis/{file} what analysis makes: preview, thumb and
// statistics, from one decode. Ours uses one libvips thread for an image and no cache of its operations, so this does too.
const http = require('node:http');
const path = require('node:path');
const sharp = require('sharp');

const { FOLDER, PORT } = process.env;
sharp.cache(false);
sharp.concurrency(1);

const rendition = async (file) => ({
  type: 'image/webp',
  bytes: await sharp(file)
    .rotate()
    .resize(512, 512, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 80, effort: 2 })
    .toBuffer(),
});

const analysis = async (file) => {
  const { data, info } = await sharp(file)
    .rotate()
    .resize(1280, 1280, { fit: 'inside', withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const pixels = () => sharp(data, { raw: info });
  const preview = await pixels().jpeg({ quality: 75, optimiseCoding: false }).toBuffer();
  const thumb = await pixels().resize(320, 320, { fit: 'inside' }).webp({ quality: 80, effort: 0 }).toBuffer();
  const { dominant, entropy, sharpness } = await pixels().stats();
  return {
    type: 'application/json',
    bytes: Buffer.from(JSON.stringify({ preview: preview.length, thumb: thumb.length, dominant, entropy, sharpness })),
  };
};

http.createServer(async (request, response) => {
  try {
    const [, what, name] = request.url.split('/');
    const { type, bytes } = await (what === 'analysis' ? analysis : rendition)(path.join(FOLDER, path.basename(name)));
    response.writeHead(200, { 'Content-Type': type, 'Content-Length': bytes.length }).end(bytes);
  } catch (error) {
    response.writeHead(500, { 'Content-Type': 'text/plain' }).end(String(error));
  }
}).listen(Number(PORT), '127.0.0.1');
