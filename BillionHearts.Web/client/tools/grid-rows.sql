-- 100,000 photos of one user over ten years, for measure-grid.mjs: psql -v user=900000001 -v template=900000002 -f tools/grid-rows.sql
-- Rows only, of the shapes, colours and placeholders of a template user's photos. Their files do not exist.
SET synchronous_commit = off;
INSERT INTO users (id, username) VALUES (:user, 'rows') ON CONFLICT DO NOTHING;
CREATE TEMP TABLE template AS SELECT *, row_number() OVER (ORDER BY id) - 1 AS place FROM images WHERE user_id = :template AND status = 'analyzed';
INSERT INTO images (
    id, user_id, original_filename, upload_date, width, height, file_size, file_type, storage_path, status, version, sha256, media_key,
    analysis_request_id, analysis_attempt, analysis, phash, renditions, failure_reason, failure_detail, deleted_at, removal_due_at, removal_attempts,
    stored_at, camera, captured_at, analysis_in_backfill, merged_into, merged_at, search_text, recognition)
SELECT
    2000000000 + n, :user, 'IMG_' || n || '.jpg', at, t.width, t.height, t.file_size, t.file_type, t.storage_path || '/' || n, t.status, t.version,
    sha256(convert_to('grid' || n,'UTF8')), md5('grid' || n), NULL::uuid, t.analysis_attempt, jsonb_set(t.analysis, '{photo}',
    jsonb_build_object('capturedAt', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'), 'camera', 'Canon EOS R5')), 0, t.renditions,
    t.failure_reason, t.failure_detail, t.deleted_at, t.removal_due_at, t.removal_attempts, at, 'Canon EOS R5', at, t.analysis_in_backfill,
    t.merged_into, t.merged_at, t.search_text, t.recognition
FROM (SELECT n, timestamptz '2016-12-01Z' + (n * 3150) * interval '1 second' AS at FROM generate_series(0, 99999) n) g
JOIN template t ON t.place = (n * 7919 % (SELECT count(*) FROM template));
ANALYZE images;
