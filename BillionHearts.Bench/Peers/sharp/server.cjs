// Makes the same rendition of the same file with sharp: GET /{file of the folder FOLDER}. Ours uses one libvips thread for an image
// and no cache of its operations, so this does too.
const http = require('node:http');
const path = require('node:path');
const sharp = require('sharp');

const { FOLDER, PORT } = process.env;
sharp.cache(false);
sharp.concurrency(1);

http.createServer(async (request, response) => {
  try {
    const bytes = await sharp(path.join(FOLDER, path.basename(request.url)))
      .rotate()
      .resize(512, 512, { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 80, effort: 2 })
      .toBuffer();
    response.writeHead(200, { 'Content-Type': 'image/webp', 'Content-Length': bytes.length }).end(bytes);
  } catch (error) {
    response.writeHead(500, { 'Content-Type': 'text/plain' }).end(String(error));
  }
}).listen(Number(PORT), '127.0.0.1');
